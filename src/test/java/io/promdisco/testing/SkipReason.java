package io.promdisco.testing;

/**
 * Why a test cannot run, and what to install. A test that misses a program aborts with one of these
 * reasons; the summary of the build lists them.
 */
public final class SkipReason {
  public static final String API_SERVER = "no real API server (install Go, then start src/it/run)";
  public static final String CLIENTS =
      "no real Prometheus and vmagent (install Go, then start src/it/run)";
  public static final String KUBECTL = "no kubectl on the path (install kubectl)";
  public static final String CHROMIUM = "no Chromium on the path (install chromium)";
  public static final String OPENSSL = "no OpenSSL 3 or newer on the path (install openssl)";
  public static final String NATIVE_TLS = "Conscrypt does not run on this machine";
  public static final String SCRIPT = "no /usr/bin/script (install bsdutils or util-linux)";
  public static final String STTY = "no /usr/bin/stty (install coreutils)";
  public static final String BASH = "no /bin/bash (install bash)";
  public static final String CURL = "no curl on the path (install curl)";
  public static final String FISH = "no /usr/bin/fish (install fish)";
  public static final String GROFF = "no /usr/bin/groff (install groff)";

  private SkipReason() {}
}
