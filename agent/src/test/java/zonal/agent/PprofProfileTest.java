package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import zonal.allocator.LiveSite;

/** What is written is read with Protocol Buffers' own library and the schema of profile.proto. */
class PprofProfileTest {
    private static final StackTraceElement LEAF = new StackTraceElement("com.example.Store", "put", "Store.java", 42);
    private static final StackTraceElement LEAF_ELSEWHERE =
            new StackTraceElement("com.example.Store", "put", "Store.java", 57);
    private static final StackTraceElement ROOT =
            new StackTraceElement("app", null, null, "com.example.Größe", "main", null, -1);

    private static final String PROGRAM = "com.example.Server";

    private static final List<LiveSite> SITES = List.of(
            new LiveSite(List.of(LEAF, ROOT), 1L << 40, 3, 2, 5L << 40, 500, 7),
            new LiveSite(List.of(LEAF_ELSEWHERE, ROOT), 0, 0, 0, 300, 1, 0),
            new LiveSite(List.of(), 10, 1, 1, 10, 1, 7));

    @Test
    void eachSiteIsASampleWithItsStackAndItsFourValues() throws Exception {
        DynamicMessage profile = profile(SITES);
        List<DynamicMessage> samples = messages(profile, "sample");
        assertEquals(3, samples.size());
        assertEquals(List.of(500L, 5L << 40, 3L, 1L << 40), numbers(samples.get(0), "value"));
        assertEquals(List.of(1L, 300L, 0L, 0L), numbers(samples.get(1), "value"));
        assertEquals(
                List.of("com.example.Store.put Store.java:42", "com.example.Größe.main :0"),
                stack(profile, samples.get(0)));
        assertEquals(
                List.of("com.example.Store.put Store.java:57", "com.example.Größe.main :0"),
                stack(profile, samples.get(1)));
        assertEquals(List.of("[other call sites] :0"), stack(profile, samples.get(2)));
    }

    /** {@code go tool pprof -top} prints names as they are. */
    @Test
    void noNameEndsALineOrCommandsATerminal() throws Exception {
        StackTraceElement frame = new StackTraceElement("A\n", "\033[2Jb", "\r\u009b.java", 7);
        DynamicMessage profile = profile(List.of(new LiveSite(List.of(frame), 10, 1, 1, 10, 1, 7)));
        assertEquals(
                List.of("A . [2Jb   .java:7"),
                stack(profile, messages(profile, "sample").getFirst()));
    }

    @Test
    void whatIsSharedIsWrittenOnce() throws Exception {
        DynamicMessage profile = profile(SITES);
        assertEquals(4, messages(profile, "location").size());
        assertEquals(3, messages(profile, "function").size());
        List<String> strings = strings(profile);
        assertEquals("", strings.getFirst());
        assertEquals(strings.size(), strings.stream().distinct().count());
    }

    /** Pyroscope searches locations and functions in halves, and without a mapping it takes them for addresses without names. */
    @Test
    void everyLocationIsOfTheOneMappingThatHasNamesAndIdentifiersAscend() throws Exception {
        DynamicMessage profile = profile(SITES);
        DynamicMessage mapping = messages(profile, "mapping").getFirst();
        assertEquals(1, messages(profile, "mapping").size());
        assertEquals(PROGRAM, text(profile, mapping, "filename"));
        for (String has : List.of("has_functions", "has_filenames", "has_line_numbers")) {
            assertEquals(true, value(mapping, has), has);
        }
        for (String numbered : List.of("mapping", "location", "function")) {
            long last = 0;
            for (DynamicMessage message : messages(profile, numbered)) {
                assertEquals(++last, number(message, "id"), numbered);
            }
        }
        for (DynamicMessage location : messages(profile, "location")) {
            assertEquals(number(mapping, "id"), number(location, "mapping_id"));
        }
    }

    @Test
    void theProgramIsTheFirstWordOfTheCommand() {
        assertEquals("com.example.Main", PprofProfile.program("com.example.Main one two"));
        assertEquals("app.jar", PprofProfile.program("app.jar"));
        assertEquals("java", PprofProfile.program(""));
    }

    @Test
    void theFourKindsAreThoseOfAHeapProfile() throws Exception {
        DynamicMessage profile = profile(SITES);
        List<String> kinds = new ArrayList<>();
        for (DynamicMessage type : messages(profile, "sample_type")) {
            kinds.add(text(profile, type, "type") + "/" + text(profile, type, "unit"));
        }
        assertEquals(
                List.of("alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"), kinds);
        assertEquals("inuse_space", text(profile, profile, "default_sample_type"));
        DynamicMessage period = (DynamicMessage) value(profile, "period_type");
        assertEquals("space/bytes", text(profile, period, "type") + "/" + text(profile, period, "unit"));
        assertEquals(512L << 10, number(profile, "period"));
        assertEquals(1_700_000_000_000_000_000L, number(profile, "time_nanos"));
    }

    /** Else zlib's memory stays until a garbage collection finds it. */
    @Test
    void theStreamIsClosedAndZlibWithIt() throws Exception {
        boolean[] closed = {false};
        PprofProfile.write(SITES, PROGRAM, 512 << 10, 0, new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        });
        assertTrue(closed[0]);
    }

    @Test
    void withoutAnySiteItIsAProfileStill() throws Exception {
        DynamicMessage profile = profile(List.of());
        assertEquals(List.of(), messages(profile, "sample"));
        assertEquals(4, messages(profile, "sample_type").size());
    }

    private static List<String> stack(DynamicMessage profile, DynamicMessage sample) {
        Map<Long, DynamicMessage> locations = byId(messages(profile, "location"));
        Map<Long, DynamicMessage> functions = byId(messages(profile, "function"));
        List<String> stack = new ArrayList<>();
        for (long id : numbers(sample, "location_id")) {
            DynamicMessage line = messages(known(locations, id), "line").getFirst();
            DynamicMessage function = known(functions, number(line, "function_id"));
            stack.add(text(profile, function, "name") + " " + text(profile, function, "filename") + ":"
                    + number(line, "line"));
        }
        return stack;
    }

    private static DynamicMessage known(Map<Long, DynamicMessage> messages, long id) {
        return Objects.requireNonNull(messages.get(id), () -> "nothing has the number " + id);
    }

    private static Map<Long, DynamicMessage> byId(List<DynamicMessage> messages) {
        Map<Long, DynamicMessage> byId = new HashMap<>();
        for (DynamicMessage message : messages) {
            assertTrue(number(message, "id") > 0);
            assertEquals(null, byId.put(number(message, "id"), message));
        }
        return byId;
    }

    // ---- reading

    private static DynamicMessage profile(List<LiveSite> sites) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PprofProfile.write(sites, PROGRAM, 512 << 10, 1_700_000_000_000_000_000L, bytes);
        byte[] plain = new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray())).readAllBytes();
        DynamicMessage profile = DynamicMessage.parseFrom(schema().findMessageTypeByName("Profile"), plain);
        assertEquals(0, profile.getUnknownFields().asMap().size());
        return profile;
    }

    private static Object value(DynamicMessage message, String field) {
        FieldDescriptor descriptor = message.getDescriptorForType().findFieldByName(field);
        return message.getField(descriptor);
    }

    private static long number(DynamicMessage message, String field) {
        return (Long) value(message, field);
    }

    private static List<Long> numbers(DynamicMessage message, String field) {
        return ((List<?>) value(message, field)).stream().map(Long.class::cast).toList();
    }

    private static List<DynamicMessage> messages(DynamicMessage message, String field) {
        List<DynamicMessage> messages = ((List<?>) value(message, field))
                .stream().map(DynamicMessage.class::cast).toList();
        messages.forEach(each -> assertEquals(0, each.getUnknownFields().asMap().size()));
        return messages;
    }

    private static List<String> strings(DynamicMessage profile) {
        return ((List<?>) value(profile, "string_table"))
                .stream().map(String.class::cast).toList();
    }

    private static String text(DynamicMessage profile, DynamicMessage message, String field) {
        return strings(profile).get((int) number(message, field));
    }

    // ---- the schema, as far as heap profiles go

    private static FileDescriptor schema() throws Exception {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("profile.proto")
                .setSyntax("proto3")
                .setPackage("perftools.profiles")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Profile")
                        .addField(field("sample_type", 1, true, "ValueType"))
                        .addField(field("sample", 2, true, "Sample"))
                        .addField(field("mapping", 3, true, "Mapping"))
                        .addField(field("location", 4, true, "Location"))
                        .addField(field("function", 5, true, "Function"))
                        .addField(field("string_table", 6, true, FieldDescriptorProto.Type.TYPE_STRING))
                        .addField(field("time_nanos", 9, false, FieldDescriptorProto.Type.TYPE_INT64))
                        .addField(field("period_type", 11, false, "ValueType"))
                        .addField(field("period", 12, false, FieldDescriptorProto.Type.TYPE_INT64))
                        .addField(field("default_sample_type", 14, false, FieldDescriptorProto.Type.TYPE_INT64)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("ValueType")
                        .addField(field("type", 1, false, FieldDescriptorProto.Type.TYPE_INT64))
                        .addField(field("unit", 2, false, FieldDescriptorProto.Type.TYPE_INT64)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Sample")
                        .addField(field("location_id", 1, true, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(field("value", 2, true, FieldDescriptorProto.Type.TYPE_INT64)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Mapping")
                        .addField(field("id", 1, false, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(field("filename", 5, false, FieldDescriptorProto.Type.TYPE_INT64))
                        .addField(field("has_functions", 7, false, FieldDescriptorProto.Type.TYPE_BOOL))
                        .addField(field("has_filenames", 8, false, FieldDescriptorProto.Type.TYPE_BOOL))
                        .addField(field("has_line_numbers", 9, false, FieldDescriptorProto.Type.TYPE_BOOL)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Location")
                        .addField(field("id", 1, false, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(field("mapping_id", 2, false, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(field("line", 4, true, "Line")))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Line")
                        .addField(field("function_id", 1, false, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(field("line", 2, false, FieldDescriptorProto.Type.TYPE_INT64)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Function")
                        .addField(field("id", 1, false, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(field("name", 2, false, FieldDescriptorProto.Type.TYPE_INT64))
                        .addField(field("system_name", 3, false, FieldDescriptorProto.Type.TYPE_INT64))
                        .addField(field("filename", 4, false, FieldDescriptorProto.Type.TYPE_INT64)))
                .build();
        return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
    }

    private static FieldDescriptorProto.Builder field(
            String name, int number, boolean repeated, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(
                        repeated
                                ? FieldDescriptorProto.Label.LABEL_REPEATED
                                : FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .setType(type);
    }

    private static FieldDescriptorProto.Builder field(String name, int number, boolean repeated, String message) {
        return field(name, number, repeated, FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName(".perftools.profiles." + message);
    }
}
