package io.promdisco.cli.output;

import picocli.CommandLine.Option;

/** For people, or for programs. */
public final class StructuredOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text, json or yaml. Default: text.")
  public Structured.Form form = Structured.Form.TEXT;
}
