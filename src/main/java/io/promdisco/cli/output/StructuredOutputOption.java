package io.promdisco.cli.output;

import picocli.CommandLine.Option;

/** For people, or for programs. */
public final class StructuredOutputOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text, json or yaml. Default: text.")
  public StructuredPrinter.Form form = StructuredPrinter.Form.TEXT;
}
