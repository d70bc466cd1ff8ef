package zonal.allocator;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Does what {@link IdleThreadsTest} measures: {@code main(what)}, in a JVM of its own. */
final class IdleThreadsRun {

    private static final int MIB = 1 << 20;

    private IdleThreadsRun() {}

    public static void main(String[] args) throws Exception {
        ChildJvm.configure();
        Allocator.start();
        switch (args[0]) {
            case "stay" -> idleThreads(Integer.parseInt(args[1]));
            case "pool" -> idlePool(Thread.ofPlatform().daemon().stackSize(64 << 10), Integer.parseInt(args[1]));
            case "virtual" -> idlePool(Thread.ofVirtual(), Integer.parseInt(args[1]));
            case "busy" -> busyPool(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Threads that take a little and stay, and then end. */
    private static void idleThreads(int count) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch end = new CountDownLatch(1);
        long before = Statistics.read().residentBytes();
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            threads[i] = new Thread(null, () -> takeALittle(ready, end), "idle", 64 << 10);
            threads[i].start();
        }
        ready.await();
        Statistics idle = Statistics.read();
        System.out.println("live=" + idle.liveBytes());
        System.out.println("held=" + (idle.residentBytes() - before - idle.liveBytes()));
        System.out.println("cached=" + idle.threadCacheBytes());
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Statistics ended = awaitEmptyCaches(before + 16 * MIB);
        System.out.println("ended-live=" + ended.liveBytes());
        System.out.println("ended-held=" + (ended.residentBytes() - before));
        System.out.println("ended-cached=" + ended.threadCacheBytes());
        HeapCheck.quiet();
    }

    /** Threads that each use sizes up to 32 KiB, and a run, for once, and then stay. */
    private static void idlePool(Thread.Builder builder, int count) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch end = new CountDownLatch(1);
        long before = Statistics.read().residentBytes();
        for (int i = 0; i < count; i++) {
            builder.start(() -> useEachSizeOnce(ready, end));
        }
        ready.await();
        long tick = Housekeeper.now();
        System.out.println("cached=" + Statistics.read().threadCacheBytes());
        Statistics idle = awaitEmptyCaches(before + 4 * MIB);
        System.out.println("left-cached=" + idle.threadCacheBytes());
        System.out.println("left-held=" + (idle.residentBytes() - before));
        System.out.println("decays=" + (Housekeeper.now() - tick) / Housekeeper.IDLE_TICKS);
        HeapCheck.quiet();
        end.countDown();
    }

    /** Threads that each use sizes up to 32 KiB, and a run, for once, and then go on with one size. */
    private static void busyPool(int count, int bytes) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        long before = Statistics.read().residentBytes();
        for (int i = 0; i < count; i++) {
            Thread.ofPlatform().daemon().start(() -> {
                useEachSizeOnce(ready, new CountDownLatch(0));
                while (true) {
                    useOnce(bytes);
                    LockSupport.parkNanos(1_000_000);
                }
            });
        }
        ready.await();
        long tick = Housekeeper.now();
        System.out.println("cached=" + Statistics.read().threadCacheBytes());
        Statistics busy = Statistics.read();
        while (busy.threadCacheBytes() > count * (bytes + 1_024L) || busy.residentBytes() > before + 4 * MIB) {
            Thread.sleep(100);
            busy = Statistics.read();
        }
        System.out.println("decays=" + (Housekeeper.now() - tick) / Housekeeper.IDLE_TICKS);
    }

    private static void useEachSizeOnce(CountDownLatch ready, CountDownLatch end) {
        for (int bytes = 512; bytes <= 32 << 10; bytes += 512) {
            useOnce(bytes);
        }
        useOnce(100_000);
        ready.countDown();
        Latches.await(end);
    }

    private static void useOnce(int bytes) {
        long block = Allocator.malloc(bytes);
        Blocks.touch(block, bytes);
        Allocator.free(block);
    }

    private static void takeALittle(CountDownLatch ready, CountDownLatch end) {
        long[] blocks = new long[20];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = Allocator.malloc(50L * (i + 1));
            Memory.putByte(blocks[i], (byte) 1);
        }
        for (int i = 0; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
        ready.countDown();
        Latches.await(end);
        for (int i = 1; i < blocks.length; i += 2) {
            Allocator.free(blocks[i]);
        }
    }

    /** Waits, ten seconds at most, until thread caches hold nothing and no more than {@code mostResident} bytes are resident; answers what there is then. */
    private static Statistics awaitEmptyCaches(long mostResident) throws InterruptedException {
        Statistics now = Statistics.read();
        for (int i = 0; i < 100 && (now.threadCacheBytes() > 0 || now.residentBytes() > mostResident); i++) {
            Thread.sleep(100);
            now = Statistics.read();
        }
        return now;
    }
}
