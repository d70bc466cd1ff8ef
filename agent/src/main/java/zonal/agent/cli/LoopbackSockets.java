package zonal.agent.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.server.RMISocketFactory;

/**
 * The way of RMI to a local management agent: it is on this machine, whatever host its JVM names to clients from elsewhere
 * ({@code java.rmi.server.hostname}).
 */
final class LoopbackSockets extends RMISocketFactory {
    /** Has all connections of this program made so. */
    static void use() throws IOException {
        if (getSocketFactory() == null) {
            setSocketFactory(new LoopbackSockets());
        }
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
    }
}
