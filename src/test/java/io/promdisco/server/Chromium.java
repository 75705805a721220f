package io.promdisco.server;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.promdisco.testing.SkipReason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** The system's Chromium, with the requests and the errors of its pages. For one thread. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Playwright playwright;
  private final Browser browser;
  private @Nullable BrowserContext context;

  /** URLs that were requested since {@link #open}. */
  final List<String> requests = new ArrayList<>();

  /** Script errors and violations of the Content-Security-Policy since {@link #open}. */
  final List<String> complaints = new ArrayList<>();

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts the browser; skips the test if it is not installed. */
  static Chromium start() {
    Optional<Path> executable = find();
    Assumptions.assumeTrue(executable.isPresent(), SkipReason.CHROMIUM);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    List<String> arguments =
        System.getProperty("user.name").equals("root") ? List.of("--no-sandbox") : List.of();
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable.orElseThrow())
                    .setArgs(arguments));
    return new Chromium(playwright, browser);
  }

  private static Optional<Path> find() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Opens a page with a new profile, in the size of the images in the README, and closes the
   * previous page.
   */
  Page open(String url, ColorScheme scheme) {
    leave();
    requests.clear();
    complaints.clear();
    BrowserContext opened =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(1440, 860)
                .setLocale("en-US")
                .setColorScheme(scheme));
    context = opened;
    Page page = opened.newPage();
    page.setDefaultTimeout(20_000);
    page.onRequest(request -> requests.add(request.url()));
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text() + " " + message.location());
          }
        });
    page.navigate(url);
    return page;
  }

  /** Closes the page. */
  void leave() {
    if (context != null) {
      context.close();
      context = null;
    }
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
