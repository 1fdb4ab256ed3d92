/**
 * The command line: one small class per command, which parses, delegates and gives the exit code.
 */
package org.plumbline.pipeline.cli;
