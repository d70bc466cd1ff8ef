package zonal.samples.demo;

import static io.netty.handler.codec.http.HttpResponseStatus.CREATED;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.NO_CONTENT;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;

/** The cache over HTTP: {@code GET}, {@code PUT} and {@code DELETE} of {@code /name}. One for all connections. */
@Sharable
final class CacheHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private final Store store;

    CacheHandler(Store store) {
        this.store = store;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        var _ = context.writeAndFlush(answer(context, request));
    }

    private FullHttpResponse answer(ChannelHandlerContext context, FullHttpRequest request) {
        String name = new QueryStringDecoder(request.uri()).path().substring(1);
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.GET)) {
            return get(context, name);
        }
        if (method.equals(HttpMethod.PUT)) {
            store.put(name, request.content().nioBuffer());
            return empty(CREATED);
        }
        if (method.equals(HttpMethod.DELETE)) {
            return empty(store.remove(name) ? NO_CONTENT : NOT_FOUND);
        }
        return empty(METHOD_NOT_ALLOWED);
    }

    private FullHttpResponse get(ChannelHandlerContext context, String name) {
        FullHttpResponse response = response(OK, context.alloc().ioBuffer());
        boolean found = store.read(name, (content, tag) -> {
            response.content().writeBytes(content);
            response.headers().set(HttpHeaderNames.ETAG, tag);
        });
        if (!found) {
            response.release();
            return empty(NOT_FOUND);
        }
        return withLength(response);
    }

    /** A failed request is answered, so that the client sees it at once, and its connection is closed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        cause.printStackTrace();
        var _ = context.writeAndFlush(empty(INTERNAL_SERVER_ERROR)).addListener(ChannelFutureListener.CLOSE);
    }

    private static FullHttpResponse empty(HttpResponseStatus status) {
        FullHttpResponse response = response(status, Unpooled.EMPTY_BUFFER);
        return status.equals(NO_CONTENT) ? response : withLength(response);
    }

    private static FullHttpResponse response(HttpResponseStatus status, ByteBuf content) {
        return new DefaultFullHttpResponse(HTTP_1_1, status, content);
    }

    private static FullHttpResponse withLength(FullHttpResponse response) {
        HttpHeaders headers = response.headers();
        headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }
}
