package zonal.samples.model;

import static zonal.samples.model.CMemory.getByte;
import static zonal.samples.model.CMemory.malloc;
import static zonal.samples.model.CMemory.putByte;
import static zonal.samples.model.CMemory.realloc;
import static zonal.samples.model.CMemory.strcpy;
import static zonal.samples.model.CMemory.string;

/** realloc keeps what was written, and gives the rest. */
final class Test3 {

    private static final long M = 1 << 20;

    private Test3() {}

    static void main() {
        Usage usage = Usage.begin();
        long addr = malloc(16 * M);
        strcpy(addr, "Bonjours");
        addr = realloc(addr, 128 * M);
        putByte(addr + 127 * M, 42);
        usage.print();
        System.out.println(string(addr) + " " + getByte(addr + 127 * M));
    }
}
