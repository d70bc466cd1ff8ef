package zonal.samples.model;

import static zonal.samples.model.CMemory.free;
import static zonal.samples.model.CMemory.malloc;
import static zonal.samples.model.CMemory.realloc;

/** Every block begins at a multiple of 16, whatever its size. */
final class Test5 {

    private static final long ALIGNMENT = 16;

    private Test5() {}

    static void main() {
        Usage usage = Usage.begin();
        int blocks = 0;
        for (long bytes = 1; bytes <= 4 << 20; bytes += 1 + bytes / 64) {
            long addr = malloc(bytes);
            check(addr, bytes);
            addr = realloc(addr, bytes + 1);
            check(addr, bytes + 1);
            free(addr);
            blocks += 2;
        }
        usage.print();
        System.out.println(blocks + " blocks aligned");
    }

    private static void check(long addr, long bytes) {
        if (addr % ALIGNMENT != 0) {
            throw new IllegalStateException("%d bytes at 0x%x".formatted(bytes, addr));
        }
    }
}
