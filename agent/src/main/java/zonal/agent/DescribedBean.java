package zonal.agent;

import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.StandardMBean;

/** The allocator's bean with what JConsole shows of it: words to each name, and names of parameters, which a class file need not have. */
final class DescribedBean extends StandardMBean {
    DescribedBean() {
        super(new AllocatorBean(), AllocatorMXBean.class, true);
    }

    @Override
    protected String getDescription(MBeanAttributeInfo attribute) {
        return words(attribute);
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation) {
        return words(operation);
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo parameter, int index) {
        return switch (operation.getName()) {
            case "liveSites" -> "most";
            case "leakSuspects" -> "seconds";
            default -> "file";
        };
    }

    private static String words(MBeanFeatureInfo feature) {
        return switch (feature.getName()) {
            case "show_alloc_mem" -> "Lists the live blocks, zone by zone; a long list is cut.";
            case "show_alloc_mem_ex" -> "The same with all that is known of each block, the free space and the waste.";
            case "dump" -> "Writes show_alloc_mem() to a new file, whole, and answers its path.";
            case "dumpExtended" -> "Writes show_alloc_mem_ex() to a new file, whole, and answers its path.";
            case "report" -> "Writes a picture of all off-heap memory to a new HTML file, and answers its path.";
            case "pprof" -> "Writes a profile for go tool pprof and Pyroscope to a new file, and answers its path.";
            case "collapsed" ->
                "Writes live bytes by stack, for flame graph tools, to a new file, and answers its path.";
            case "liveSites" -> "The call sites with the most live bytes, at most so many, estimated from samples.";
            case "leakSuspects" -> "The call sites whose live memory has only grown since so many seconds ago.";
            case "detach" -> "From now on new requests go to the JVM's own allocator.";
            case "attach" -> "After detach(): new requests are served by Zonal again.";
            case "Attached" -> "Whether new requests are served by Zonal.";
            case "Zones" -> "The zones by name: TINY, SMALL and LARGE.";
            case "LiveBytes" -> "Bytes that the application asked for and holds.";
            case "LiveBlocks" -> "Blocks that the application holds.";
            case "MappedBytes" -> "Bytes of address space that are accessible, for data and metadata.";
            case "ResidentBytes" -> "Bytes of them in memory: those of the zones, cached ones and metadata.";
            case "CachedBytes" -> "Resident bytes of free pages and freed runs, which are kept for a while.";
            case "MetadataBytes" -> "Resident bytes of the allocator's own data.";
            case "ThreadCacheBytes" -> "Usable bytes of free blocks and runs that threads keep.";
            case "AllocationCount" -> "Blocks that were taken since the start.";
            case "FreeCount" -> "Blocks that were freed since the start.";
            case "ForeignFreeCount" -> "Frees of memory that is not the allocator's, passed on to the JVM.";
            case "BadFreeCount" -> "Frees and reallocs of what is no live block: bugs of the application.";
            case "Options" -> "The options in force, by key.";
            case "Version" -> "The version of Zonal.";
            default -> "";
        };
    }
}
