package zonal.samples.model;

import static zonal.samples.model.CMemory.free;
import static zonal.samples.model.CMemory.malloc;
import static zonal.samples.model.CMemory.putByte;

/** The same with free: the same memory again and again. */
final class Test2 {

    private Test2() {}

    static void main() {
        Usage usage = Usage.begin();
        for (int i = 0; i < 1024; i++) {
            long addr = malloc(1024);
            putByte(addr, 42);
            free(addr);
        }
        usage.print();
    }
}
