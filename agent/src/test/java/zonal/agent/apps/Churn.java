package zonal.agent.apps;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Several threads that take, resize and free blocks in slots they share, all the while, and verify each block's first and
 * last word. Says "ready" when all run, stops on a line on stdin, frees all, and says how many blocks were damaged, and how many
 * calls there were.
 */
public final class Churn {
    private static final int THREADS = 4;
    private static final int SLOTS = 2_000;
    private static final int SMALLEST = 16;
    private static final int LARGEST = 6_000;
    private static final int LARGEST_OF_FEW = 100_000;

    private static final MarkedBlocks BLOCKS = new MarkedBlocks(SLOTS, Churn::size);
    private static volatile boolean stopped;

    private Churn() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int seed = i;
            Thread thread = new Thread(() -> churn(new SplittableRandom(seed)));
            thread.start();
            threads.add(thread);
        }
        while (BLOCKS.calls() < 10 * SLOTS) {
            Thread.sleep(5);
        }
        System.out.println("ready");
        int answer = System.in.read();
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        BLOCKS.giveAll();
        System.out.println("damaged " + BLOCKS.damaged());
        System.out.println("calls " + BLOCKS.calls());
        System.out.println("read " + answer);
    }

    private static void churn(SplittableRandom random) {
        while (!stopped) {
            BLOCKS.exchange(random);
        }
    }

    private static int size(SplittableRandom random) {
        return random.nextInt(SMALLEST, random.nextInt(50) == 0 ? LARGEST_OF_FEW : LARGEST);
    }
}
