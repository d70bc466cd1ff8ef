package zonal.samples.model;

import static zonal.samples.model.CMemory.malloc;
import static zonal.samples.model.CMemory.putByte;

/** 1,024 times 1,024 bytes, one byte written, nothing freed: 1 MiB of new pages. */
final class Test1 {

    private Test1() {}

    static void main() {
        Usage usage = Usage.begin();
        for (int i = 0; i < 1024; i++) {
            long addr = malloc(1024);
            putByte(addr, 42);
        }
        usage.print();
    }
}
