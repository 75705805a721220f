package io.promdisco.cli;

import io.promdisco.sim.SimOptions;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate of its own for a simulated server, made by the JDK's keytool. */
final class SimTls {
  private static final char[] PASSWORD = "simulated".toCharArray();

  private SimTls() {}

  /**
   * Options of a server that speaks TLS on 127.0.0.1, and HTTP/2 on it.
   *
   * @param folder for the key, {@code store.p12}
   */
  static SimOptions options(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve("store.p12");
    make(store);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = UserFiles.open(store, 1 << 20)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getCertificate("sim").getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    return new SimOptions().tls(context, pem).http2();
  }

  private static void make(Path store) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "sim",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().transferTo(OutputStream.nullOutputStream());
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool ended with " + keytool.exitValue());
    }
  }
}
