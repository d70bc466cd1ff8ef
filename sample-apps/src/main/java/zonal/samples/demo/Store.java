package zonal.samples.demo;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.caffinitas.ohc.CacheSerializer;
import org.caffinitas.ohc.DirectValueAccess;
import org.caffinitas.ohc.Eviction;
import org.caffinitas.ohc.OHCache;
import org.caffinitas.ohc.OHCacheBuilder;

/**
 * The cache: two OHC maps outside the Java heap, one from name to content, one from name to tag. OHC takes one block
 * of memory for each entry: 64 bytes of its own, the name, the value.
 *
 * <p>Thread-safe. A content and its tag change together: a stripe of locks keeps readers of a name from seeing one
 * without the other.
 */
final class Store implements Closeable {

    private static final long CONTENT_CAPACITY = 1L << 30;
    private static final long TAG_CAPACITY = 64L << 20;
    private static final int STRIPES = 64;

    private final OHCache<String, ByteBuffer> contents = map(CONTENT_CAPACITY);
    private final OHCache<String, ByteBuffer> tags = map(TAG_CAPACITY);
    private final Object[] locks = Stream.generate(Object::new).limit(STRIPES).toArray();

    /** Puts or replaces an entry. Reads {@code content} from its position to its limit and moves neither. */
    void put(String name, ByteBuffer content) {
        ByteBuffer tag = tagOf(content);
        synchronized (lockOf(name)) {
            if (!contents.put(name, content) || !tags.put(name, tag)) {
                throw new IllegalStateException("the cache refused " + name);
            }
        }
    }

    /** Removes an entry; false if there was none. */
    boolean remove(String name) {
        synchronized (lockOf(name)) {
            tags.remove(name);
            return contents.remove(name);
        }
    }

    /**
     * Hands content and tag to {@code reader}; false if there is no such entry. The content's buffer lies in the cache
     * itself and must not be used after the reader has returned.
     */
    boolean read(String name, BiConsumer<ByteBuffer, String> reader) {
        synchronized (lockOf(name)) {
            try (DirectValueAccess content = contents.getDirect(name)) {
                if (content == null) {
                    return false;
                }
                ByteBuffer tag = tags.get(name);
                reader.accept(content.buffer(), "\"%x-%08x\"".formatted(tag.getInt(0), tag.getInt(Integer.BYTES)));
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    long size() {
        return contents.size();
    }

    @Override
    public void close() throws IOException {
        contents.close();
        tags.close();
    }

    private Object lockOf(String name) {
        return locks[Math.floorMod(name.hashCode(), STRIPES)];
    }

    private static ByteBuffer tagOf(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.duplicate());
        return ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(content.remaining())
                .putInt((int) checksum.getValue())
                .flip();
    }

    private static OHCache<String, ByteBuffer> map(long capacity) {
        return OHCacheBuilder.<String, ByteBuffer>newBuilder()
                .keySerializer(new NameSerializer())
                .valueSerializer(new ContentSerializer())
                .capacity(capacity)
                .eviction(Eviction.LRU)
                .throwOOME(true)
                .build();
    }

    private static final class NameSerializer implements CacheSerializer<String> {
        @Override
        public void serialize(String name, ByteBuffer into) {
            into.put(name.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String deserialize(ByteBuffer from) {
            return StandardCharsets.UTF_8.decode(from).toString();
        }

        @Override
        public int serializedSize(String name) {
            return name.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    private static final class ContentSerializer implements CacheSerializer<ByteBuffer> {
        @Override
        public void serialize(ByteBuffer content, ByteBuffer into) {
            into.put(content.duplicate());
        }

        @Override
        public ByteBuffer deserialize(ByteBuffer from) {
            return ByteBuffer.allocate(from.remaining()).put(from).flip();
        }

        @Override
        public int serializedSize(ByteBuffer content) {
            return content.remaining();
        }
    }
}
