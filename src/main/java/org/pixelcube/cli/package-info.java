/** The command line: one class per command, flags and JSON settings under the same names. */
package org.pixelcube.cli;
