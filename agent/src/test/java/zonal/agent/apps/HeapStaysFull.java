package zonal.agent.apps;

import java.util.ArrayList;
import java.util.List;

/** Ends while its Java heap is full, but for about the bytes that its argument says. */
public final class HeapStaysFull {
    private static final int LARGEST = 1 << 20;
    private static final List<Object> KEPT = new ArrayList<>(1 << 17);

    private HeapStaysFull() {}

    public static void main(String[] arguments) {
        byte[][] room = {new byte[Integer.parseInt(arguments[0])]};
        for (int size = LARGEST; size > 0; ) {
            try {
                KEPT.add(new byte[size]);
            } catch (OutOfMemoryError e) {
                size >>= 1;
            }
        }
        room[0] = new byte[0];
    }
}
