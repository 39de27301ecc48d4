/**
 * What every other room may use: errors and warnings meant for the user, settings records read from
 * JSON, files that appear only when whole, progress and interruption of long work.
 */
package org.pixelcube.config;
