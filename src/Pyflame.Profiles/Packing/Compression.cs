using System.IO.Compression;

namespace Pyflame.Profiles.Packing;

/// <summary>Brotli (RFC 7932) at the quality that keeps up with the sampler.</summary>
/// <remarks>
/// Measured on blocks of 8,192 samples in columns, quality 1 takes 20 to 40 ns a sample and leaves a quarter less than Deflate at
/// its fastest, whose fixed codes leave random columns as they are; higher qualities gain little here. Allocates nothing managed.
/// </remarks>
internal static class Compression
{
    private const int Quality = 1;
    private const int WindowBits = 18;

    /// <summary>How long a buffer <see cref="TryCompress"/> needs at the most.</summary>
    public static int MaxLength(int length) => BrotliEncoder.GetMaxCompressedLength(length);

    /// <summary>Compresses.</summary>
    /// <returns>False where the outcome would not be smaller.</returns>
    public static bool TryCompress(ReadOnlySpan<byte> source, Span<byte> destination, out int length) =>
        BrotliEncoder.TryCompress(source, destination, out length, Quality, WindowBits) && length < source.Length;

    /// <summary>Unpacks; the source may hold anything.</summary>
    /// <returns>False where the source is not valid or does not fill the destination exactly.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> source, Span<byte> destination) =>
        BrotliDecoder.TryDecompress(source, destination, out int length) && length == destination.Length;
}
