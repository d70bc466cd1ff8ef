package zonal.samples.model;

import static zonal.samples.model.CMemory.malloc;

import java.lang.management.ManagementFactory;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Blocks of all zones, and {@code show_alloc_mem}: says which blocks it took, then what it is shown. */
final class Test6 {

    static final String TOOK = "took ";
    static final String NOBODY = "nobody offers show_alloc_mem";

    private static final long[] SIZES = {
        1, 16, 42, 128, 129, 992, 1024, 1025, 32 << 10, 48719, 1 << 20, 16 << 20, 128 << 20
    };

    private Test6() {}

    static void main() throws JMException {
        Usage usage = Usage.begin();
        for (long bytes : SIZES) {
            long addr = malloc(bytes);
            System.out.printf("%s0x%x - 0x%x : %d bytes%n", TOOK, addr, addr + bytes, bytes);
        }
        usage.print();
        System.out.println(showAllocMem());
    }

    private static String showAllocMem() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName bean = new ObjectName("zonal:type=Allocator");
            return (String) server.invoke(bean, "show_alloc_mem", new Object[0], new String[0]);
        } catch (InstanceNotFoundException e) {
            return NOBODY;
        }
    }
}
