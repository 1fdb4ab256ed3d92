package org.plumbline.data.format;

/**
 * What a file is taken for.
 *
 * @param why which row and fields say so, or that it was asked for
 */
public record Recognition(DataFormat format, String why) {}
