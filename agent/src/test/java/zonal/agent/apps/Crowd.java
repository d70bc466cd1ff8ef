package zonal.agent.apps;

import java.io.IOException;

/** Takes as many blocks as the argument says, of 1 to {@link #SIZES} bytes in turn, says "ready", and waits for a line on stdin. */
public final class Crowd {
    public static final int SIZES = 97;

    private Crowd() {}

    public static void main(String[] arguments) throws IOException {
        long[] blocks = new long[Integer.parseInt(arguments[0])];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = RawMemory.allocate(1 + i % SIZES);
        }
        System.out.println("ready");
        int answer = System.in.read();
        for (long block : blocks) {
            RawMemory.free(block);
        }
        System.out.println("end " + answer);
    }
}
