package zonal.samples.leak;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * A server without a network: visitors come, look at pictures and go, five hundred requests a second. Pictures are cached off the heap, each
 * picture is decoded off the heap, visitors have sessions; and in one of fifty requests some memory is forgotten, 200 KB a second.
 *
 * <p>The argument is how many times as fast it goes. It runs until it is ended.
 */
public final class LeakingServer {

    private static final int PICTURES = 5_000;
    private static final int CACHED = 1_000;
    private static final int VISITORS = 500;
    private static final int LARGEST_PICTURE = 24_000;
    private static final int ONE_RENEWAL_IN = 50;
    private static final int REQUESTS_A_TICK = 5;
    private static final int TICK_MILLIS = 10;

    private final PictureCache cache = new PictureCache(CACHED);
    private final Sessions sessions = new Sessions();
    private final SplittableRandom random = new SplittableRandom(1);

    private LeakingServer() {}

    public static void main(String[] args) throws InterruptedException {
        int speed = args.length == 0 ? 1 : Integer.parseInt(args[0]);
        LeakingServer server = new LeakingServer();
        System.out.println("ready, process " + ProcessHandle.current().pid());
        while (true) {
            for (int i = 0; i < REQUESTS_A_TICK * speed; i++) {
                server.request();
            }
            Thread.sleep(TICK_MILLIS);
        }
    }

    private void request() {
        int visitor = random.nextInt(VISITORS);
        sessions.visit(visitor);
        show(random.nextInt(PICTURES));
        if (random.nextInt(ONE_RENEWAL_IN) == 0) {
            sessions.renew(visitor);
        }
        if (random.nextInt(4) == 0) {
            sessions.leave(random.nextInt(VISITORS));
        }
    }

    private void show(int picture) {
        if (!cache.contains(picture)) {
            cache.put(picture, decode(picture));
        }
    }

    /** A picture's bytes, by way of a segment that is freed at once. */
    private static byte[] decode(int picture) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment decoded = arena.allocate(1_000 + picture * 7L % LARGEST_PICTURE);
            decoded.fill((byte) picture);
            return decoded.toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
