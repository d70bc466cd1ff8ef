package zonal.samples.demo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A client of a {@link CacheServer}: one kept-alive HTTP/1.1 connection, one request at a time. Not thread-safe.
 *
 * <p>It is as plain as can be, because what it takes of the processor is missing in the server. (The JDK's
 * {@code HttpClient} took most of the machine, and failed once in some 100,000 requests with "Data received while in
 * pool", stock as well.)
 */
final class CacheClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;
    private static final int BUFFER = 64 << 10;

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;

    private static final byte[] NOTHING = new byte[0];

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;

    /** Connects to a server on loopback. */
    CacheClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    }

    /** The bytes of an entry, or null if there is none. The server's tag has been compared with them. */
    byte @Nullable [] get(String name) throws IOException {
        Response response = exchange("GET", name, NOTHING);
        if (response.status == NOT_FOUND) {
            return null;
        }
        response.expect(OK);
        if (!response.tag.equals(tagOf(response.content))) {
            throw new IOException(name + ": tag " + response.tag + " with content of tag " + tagOf(response.content));
        }
        return response.content;
    }

    void put(String name, byte[] content) throws IOException {
        exchange("PUT", name, content).expect(CREATED);
    }

    void delete(String name) throws IOException {
        exchange("DELETE", name, NOTHING).expect(NO_CONTENT);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Names are those of class files: nothing in them needs an escape in a request line. */
    private Response exchange(String method, String name, byte[] content) throws IOException {
        String head =
                method + " /" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + content.length + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(content);
        out.flush();
        return readResponse(method + " " + name);
    }

    private Response readResponse(String request) throws IOException {
        String statusLine = readLine();
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            throw new IOException(request + " was answered with " + statusLine);
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        int length = 0;
        String tag = "none";
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "etag" -> tag = value;
                default -> {
                    // no other header matters here
                }
            }
        }
        byte[] content = in.readNBytes(length);
        if (content.length != length) {
            throw new EOFException(request + ": the server ended in the midst of its answer");
        }
        return new Response(request, status, tag, content);
    }

    /** A line of the head, which ends with CR LF. */
    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static String tagOf(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return "\"%x-%08x\"".formatted(content.length, checksum.getValue());
    }

    private static final class Response {
        private final String request;
        private final int status;
        private final String tag;
        private final byte[] content;

        Response(String request, int status, String tag, byte[] content) {
            this.request = request;
            this.status = status;
            this.tag = tag;
            this.content = content;
        }

        void expect(int expected) throws IOException {
            if (status != expected) {
                throw new IOException(request + " was answered with " + status + ", not " + expected);
            }
        }
    }
}
