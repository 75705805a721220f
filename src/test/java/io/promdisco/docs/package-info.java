/** Checks the documents: commands, snippets, answers, metrics and links. */
@NullMarked
package io.promdisco.docs;

import org.jspecify.annotations.NullMarked;
