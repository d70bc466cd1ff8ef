package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import zonal.allocator.Allocator;

class AllocatorBeanTest {
    private static final long NOBODYS = 1 << 20;

    @Test
    void aFreeOfWhatIsNotOursIsForeignAndNotBad() {
        AllocatorMXBean bean = new AllocatorBean();
        long foreign = bean.getForeignFreeCount();
        long bad = bean.getBadFreeCount();
        Allocator.tryFree(NOBODYS);
        assertEquals(foreign + 1, bean.getForeignFreeCount());
        assertEquals(bad, bean.getBadFreeCount());
    }
}
