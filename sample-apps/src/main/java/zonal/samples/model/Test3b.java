package zonal.samples.model;

import static zonal.samples.model.CMemory.getByte;
import static zonal.samples.model.CMemory.malloc;
import static zonal.samples.model.CMemory.putByte;
import static zonal.samples.model.CMemory.realloc;
import static zonal.samples.model.CMemory.strcpy;
import static zonal.samples.model.CMemory.string;

/** realloc of a block that can't grow where it is: neighbours above and below keep what they hold. */
final class Test3b {

    private static final long M = 1 << 20;

    private Test3b() {}

    static void main() {
        Usage usage = Usage.begin();
        long below = malloc(16 * M);
        long addr = malloc(16 * M);
        long above = malloc(16 * M);
        strcpy(below + 16 * M - 6, "below");
        strcpy(addr, "Bonjours");
        strcpy(above, "above");
        addr = realloc(addr, 128 * M);
        putByte(addr + 127 * M, 42);
        usage.print();
        System.out.println(string(addr) + " " + getByte(addr + 127 * M));
        System.out.println(string(below + 16 * M - 6) + " " + string(above));
    }
}
