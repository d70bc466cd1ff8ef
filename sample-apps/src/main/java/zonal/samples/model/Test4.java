package zonal.samples.model;

import static zonal.samples.model.CMemory.free;
import static zonal.samples.model.CMemory.malloc;
import static zonal.samples.model.CMemory.realloc;
import static zonal.samples.model.CMemory.strcpy;
import static zonal.samples.model.CMemory.string;

/**
 * Bad pointers. Under the agent each of these calls does nothing but be reported. Stock, the first of them ends the
 * process: it is not run there.
 */
final class Test4 {

    private static final long FAR = 1L << 24;

    private Test4() {}

    static void main() {
        Usage usage = Usage.begin();
        long addr = malloc(16);
        strcpy(addr, "Bonjours");
        free(0);
        free(addr + 5); // inside a block
        free(addr + FAR); // where nothing was ever given
        long grown = realloc(addr + 5, 10);

        long freed = malloc(16);
        free(freed);
        free(freed); // a second time
        realloc(freed, 10);

        long large = malloc(16 << 20);
        free(large + 4096);
        free(large);
        free(large);

        usage.print();
        System.out.println((grown == 0 ? "NULL" : "a block") + " " + string(addr));
        free(addr);
    }
}
