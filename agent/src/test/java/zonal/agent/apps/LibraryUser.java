package zonal.agent.apps;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import zonal.allocator.AllocationDump;
import zonal.allocator.Allocator;
import zonal.allocator.ZoneArena;

/** Takes a block of the allocator as of a library, says "ready", waits for a line on stdin, and only then uses more of its classes. */
public final class LibraryUser {
    private static final int BYTES = 48_719;

    private LibraryUser() {}

    public static void main(String[] arguments) throws IOException {
        long block = Allocator.malloc(BYTES);
        System.out.println("ready");
        int answer = System.in.read();
        StringWriter listing = new StringWriter();
        AllocationDump.write(listing, true);
        System.out.println("listed " + listing.toString().contains(" : " + BYTES + " bytes\n"));
        Allocator.free(block);
        try (Arena arena = ZoneArena.ofShared()) {
            System.out.println("owns " + Allocator.owns(arena.allocate(BYTES).address()));
        }
        System.out.println("end " + answer);
    }
}
