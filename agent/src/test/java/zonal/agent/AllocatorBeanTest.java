package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import jdk.internal.misc.Unsafe;
import org.junit.jupiter.api.Test;
import zonal.allocator.Allocator;
import zonal.allocator.LeakSuspect;
import zonal.allocator.LiveSite;
import zonal.allocator.Statistics;
import zonal.allocator.ZoneStatistics;

class AllocatorBeanTest {
    private static final long NOBODYS = 1 << 20;
    private static final long RUN_BYTES = 3 << 20;
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();

    private final AllocatorMXBean bean = new AllocatorBean();

    @Test
    void aFreeOfWhatIsNotOursIsForeignAndNotBad() {
        long foreign = bean.getForeignFreeCount();
        long bad = bean.getBadFreeCount();
        Allocator.tryFree(NOBODYS);
        assertEquals(foreign + 1, bean.getForeignFreeCount());
        assertEquals(bad, bean.getBadFreeCount());
    }

    /** By the bean for clients, and by those for scrapers. */
    @Test
    void eachNumberIsToldUnderItsName() throws Exception {
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        MetricsBean.register(server);
        List<Long> blocks = List.of(Allocator.malloc(100), Allocator.malloc(1_000), Allocator.malloc(5_000));
        long run = Allocator.malloc(RUN_BYTES);
        UNSAFE.setMemory(run, RUN_BYTES, (byte) 1);
        Allocator.free(run);
        Allocator.tryFree(NOBODYS);
        Statistics all;
        List<Look> looks;
        do { // until nothing went back to the system meanwhile
            all = Statistics.recent();
            looks = new ArrayList<>();
            looks.add(look(
                    all,
                    name -> call(bean, "get" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)),
                    name -> server.getAttribute(new ObjectName("zonal:type=memory"), name)));
            for (ZoneStatistics zone : all.zones()) {
                ZoneUsage usage = Objects.requireNonNull(bean.getZones().get(zone.name()));
                looks.add(look(
                        zone,
                        name -> call(usage, name),
                        name -> server.getAttribute(new ObjectName("zonal:type=zone,zone=" + zone.name()), name)));
            }
        } while (!all.equals(Statistics.recent()));
        for (Look look : looks) {
            assertEquals(look.known, look.told);
            assertEquals(look.known, look.scraped);
        }
        blocks.forEach(Allocator::free);
    }

    @Test
    void aCallSiteIsToldAsTheSamplerKnowsIt() {
        List<StackTraceElement> frames = List.of(new StackTraceElement("A", "b", "A.java", 1));
        List<String> texts = List.of("A.b(A.java:1)");
        assertEquals(
                new SiteUsage(texts, 1, 2, 3, 4, 5, 6),
                SiteUsage.of(new LiveSite(frames, 1, 2, 3, 4, 5, 6_999_999_999L), new SharedTexts()));
        assertEquals(
                new SiteGrowth(texts, 1, 2, 3, 4, 5, 6),
                SiteGrowth.of(new LeakSuspect(frames, 1, 2, 3, 4, 5, 6), new SharedTexts()));
    }

    private record Look(Map<String, Object> known, Map<String, Object> told, Map<String, Object> scraped) {}

    private interface Numbers {
        Object get(String name) throws Exception;
    }

    private static Look look(Record known, Numbers told, Numbers scraped) throws Exception {
        return new Look(
                numbers(known, name -> call(known, name)),
                numbers(known, told),
                numbers(
                        known,
                        name -> scraped.get(name.replaceFirst("Count$", "s")
                                .replaceAll("([A-Z])", "_$1")
                                .toLowerCase(Locale.ROOT))));
    }

    private static Map<String, Object> numbers(Record known, Numbers numbers) throws Exception {
        Map<String, Object> found = new TreeMap<>();
        for (RecordComponent component : known.getClass().getRecordComponents()) {
            if (component.getType() == long.class) {
                found.put(component.getName(), numbers.get(component.getName()));
            }
        }
        return found;
    }

    private static Object call(Object object, String method) throws Exception {
        return object.getClass().getDeclaredMethod(method).invoke(object);
    }
}
