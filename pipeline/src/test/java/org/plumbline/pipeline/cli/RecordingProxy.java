package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes every connection that a JVM opens to a place that is not this machine, notes what it asked
 * for and hangs up.
 */
final class RecordingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> contacts = new CopyOnWriteArrayList<>();

  RecordingProxy() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "recording-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** Options that send a JVM's HTTP, HTTPS and plain sockets here; loopback goes straight. */
  List<String> options() {
    int port = server.getLocalPort();
    return List.of(
        "-Dhttp.proxyHost=127.0.0.1",
        "-Dhttp.proxyPort=" + port,
        "-Dhttps.proxyHost=127.0.0.1",
        "-Dhttps.proxyPort=" + port,
        "-DsocksProxyHost=127.0.0.1",
        "-DsocksProxyPort=" + port);
  }

  /** First bytes of each contact. */
  List<String> contacts() {
    return List.copyOf(contacts);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(2000);
        contacts.add(firstBytes(socket.getInputStream()));
      } catch (IOException e) {
        contacts.add(server.isClosed() ? "" : "unreadable contact: " + e.getMessage());
      }
    }
  }

  private static String firstBytes(InputStream in) throws IOException {
    byte[] block = new byte[256];
    try {
      int length = in.read(block);
      return new String(block, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
    } catch (SocketTimeoutException e) {
      return "a silent contact";
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
