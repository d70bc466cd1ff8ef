package zonal.samples.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An off-heap cache server of ordinary parts: OHC for the entries, Netty for HTTP. Fills itself with the class files of
 * its JDK and serves them on loopback until its standard input ends. It knows nothing of Zonal.
 *
 * <p>On standard output it says {@code loaded N} now and then, and {@code ready PORT} once it serves.
 */
public final class CacheServer {

    private static final int EVENT_LOOPS = 4;
    private static final int LARGEST_ENTRY = 8 << 20;
    private static final int REPORT_EVERY = 500;

    private final Store store = new Store();

    /** {@code args[0]}: how many class files to load. */
    public static void main(String[] args) throws Exception {
        new CacheServer().run(Integer.parseInt(args[0]));
    }

    private void run(int files) throws Exception {
        load(ClassFiles.names(files));
        try (var loops = new EventLoops()) {
            Channel channel = serve(loops.group);
            say("ready " + ((InetSocketAddress) channel.localAddress()).getPort());
            waitForEndOfInput();
            channel.close().sync();
        }
        store.close();
    }

    private void load(List<String> names) {
        AtomicInteger loaded = new AtomicInteger();
        names.parallelStream().forEach(name -> {
            store.put(name, ByteBuffer.wrap(ClassFiles.read(name)));
            int count = loaded.incrementAndGet();
            if (count % REPORT_EVERY == 0) {
                say("loaded " + count);
            }
        });
        if (store.size() != names.size()) {
            throw new IllegalStateException(store.size() + " entries of " + names.size() + " files");
        }
    }

    private Channel serve(MultiThreadIoEventLoopGroup group) throws InterruptedException {
        CacheHandler handler = new CacheHandler(store);
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection
                                .pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpServerKeepAliveHandler())
                                .addLast(new HttpObjectAggregator(LARGEST_ENTRY))
                                .addLast(handler);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    private static void waitForEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Whatever is said to it, only the end counts: it also comes when the parent process dies.
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Netty's threads, ended with the server. */
    private static final class EventLoops implements AutoCloseable {
        private final MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());

        @Override
        public void close() {
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
