namespace Pyflame.Tests.Processes.Xz;

/// <summary>Small files that xz 5.4 made, and what was in them.</summary>
internal static class XzSamples
{
    /// <summary>What <c>xz</c> makes without options: one block, CRC-64.</summary>
    public static byte[] Default => Convert.FromBase64String(
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ASvASFdAGMfjCayW3Y+Tt7qFgnTxIckYL7+FRmYs1LIX1ioNxZLwFCwSPUPFFmx0Gg+INTHRr5YQKVnMOnXmMa7"
        + "lN7OIh60m/6FKVDKAgBj4YOhGUgl0dQYoQalq/1Iunau+KUBsvwuNVGQbUSrBMg9rZax6JN5PinYG6hq/XyEtyCnYBw2jcwATkEW+Lx/dcsrMEh4E67WiQw2"
        + "nYLxPdp5vaqMqnzZ8V3aenXlkGMxatL6GWayC7ZzPHSCSIHqSDJ57W6dPb+1zHJb1TveuiZM1mGJ6+h/zxmNM5EF7ReWbTvNf5qCTnDEiA4XbC2w9Wy7r4Jm"
        + "qusye5592bGWHwrBj6JdI0W36jWGSr2VifUNIRSfG+jTVWV08gnY9GWsOhX1UMDunG8AAAAA0Zf1CAL25+AAAb0CsAkAAAPyYg2xxGf7AgAAAAAEWVo=");

    /// <summary><c>--check=none --lzma2=preset=9e,lc=0,lp=4,pb=4</c></summary>
    public static byte[] Unchecked => Convert.FromBase64String(
        "/Td6WFoAAAD/EtlBAgAhARwAAAAQz1jM4ASvASnYAGMfjCayW+3E+yo9l63z4HHChwCxncfAlu9bBsx4BFeRziZF1kATvWHcA5LbH682CRz0+EJTVs3WmPdU"
        + "g6iVBztlhedZxsdyv1DbqckUc2tQqrfVSApn4BxW7w4dtYImassZpUG/2Kw7Aww989zkTwv69azkQjtFxZ0FgGKPE2+CuUr9NanttiXpqvBJs50/4PcuSn3M"
        + "zT3v+K15ytiTmaDNMZsfCXMqo77SAALTX/b/U9o0GtoaIW9X1pTruqd7dm/vgjtjDxYyk29Iq/SdSQl7rGJjRkXLp9HMNRFu7d4hNJN6b+kbxsqAQ5xB94jf"
        + "ZB+MeSUaAKQsp1LTGpipWQOIlOY2TXfs2Xjnkc1weMbdvFLU6Uctm7E5ZeoR3eYPZxD0q32CZe3sAAAAAAAAAb0CsAkAAAPyYg2oAAr8AgAAAAAAWVo=");

    /// <summary><c>--check=crc32 --block-size=500 -T2</c>: three blocks that say how long they are.</summary>
    public static byte[] Blocks => Convert.FromBase64String(
        "/Td6WFoAAAFpIt42A8D0AfQDIQEWAAAAAvcVbeAB8wDsXQBjH4wmslt2Pk7e6hYJ08SHJGC+/hUZmLNSyF9YqDcWS8BQsEj1DxRZsdBoPiDUx0a+WEClZzDp"
        + "15jGu5TeziIetJv+hSlQygIAY+GDoRlIJdHUGKEGpav9SLp2rvilAbL8LjVRkG1EqwTIPa2WseiTeT4p2Buoav18hLcgp2AcNo3MAE5BFvi8f3XLKzBIeBOu"
        + "1okMNp2C8T3aeb2qjKp82fFd2np15ZBjMWrS+hlmsgu2czx0gkiB6kgyee1unT2/tcxyW9U73romTNZhievof88ZjTORBe0Xlm07zX+agk5wxIgOF3fUpYg2"
        + "AABPzULBA8BM9AMhARYAAAAAG8nHIeAB8wBEXQBzLA2n4wng2F+QPvjEU0m03NctYy0jwOEf2YRNFhU2rtrGInUQbL0oBmTgzXUhUoabs6rer1Pg3nC/6yvk"
        + "a4IzQfHJ2QDG3e/rA8AoyAEhARYAAAAAqlnrc+AAxwAgXQBsKwwH52xt4M8jmKdTBBCCQxYFuwR9ZpyjjLuOhbQAAAAyFNooAAOIAvQDYPQDPMgBPeZ6jZvj"
        + "UUADAAAAAAFZWg==");

    /// <summary><c>--check=sha256 --lzma2=preset=6,lc=4,lp=0,pb=0</c></summary>
    public static byte[] OtherCheck => Convert.FromBase64String(
        "/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4ASvARoEAGMgia7mTNGbt2H/NF/A38+k+DKt4DkgYX7nEN4Th8VsPf0fCjw5aSmNw1OutHPvBEz8NKQ8EBxWnPC1"
        + "xZphH5camCnwKntdnw4Mk7lzjo70h4jHKmknysVuLqH2ZegmiUz8rixmdWhqp1XhiJxbMfybqHjM8INAZ5qhdlBtWV55yQTekj9qD3kjKN0+NXvNOwfOizKa"
        + "I0QAccFj/JKw0Ul7bkQoRFzn65svSkdgwJDOt5WFTW7PQlWxZd7KeyCb/oJrDjbqtihSYiUdETg8U87bvElZvHYlkTX6m5H9pwCllFW9jsjEOY7oG9hyRZnc"
        + "YniDwU0Bwx63MVGPfohigGefyVKNOGrWxFq0AGQefWELa9Wony4UsirxdAAAAB08OfZUlYVUFjPFokL9NPSdZCaPHemMaHxNZ2UvzUG3AAHOArAJAABsjdSA"
        + "tunfHAIAAAAAClla");

    /// <summary>The first two hundred bytes, which cannot be packed and are stored: <c>--check=crc32</c>.</summary>
    public static byte[] Stored => Convert.FromBase64String(
        "/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQDHxn6Ba0v74vtU9r3ffBzhhwG/Md5Wcg9HZ2aHWaqIPFnqVhN70oWh2DxUVS83rmVb2gJ5mMzjGnaOX9mZjx8/"
        + "Nu5DeE0N+r6m2uSGjtwpbU7/VuFwIPuPsVgFkMUJ3FPNqjtImVLTUp0Gn+q1wgYTmEmyAR6sMogxnFJGlXE2j1f2OR0W+oh09Zh8F1xBu21xjg9wWccBGy8z"
        + "PZHAHaUNDaszjX5ejz7maHSmOrHDkxGoZMfbyuBg4fO/CQBnouMloCExh9VixagAOJTtUgAB3AHIAQAA543yKT4wDYsCAAAAAAFZWg==");

    /// <summary>What was packed: two hundred bytes of a generator of numbers, then copies of what came before, near and far.</summary>
    public static byte[] Content(int length)
    {
        var bytes = new List<byte>();
        for (uint state = 1; bytes.Count < length;)
        {
            state = unchecked((state * 1103515245) + 12345) & 0x7fffffff;
            int number = (int)(state >> 16) & 0xff;
            if (bytes.Count < 200 || number % 4 == 0)
            {
                bytes.Add((byte)number);
                continue;
            }

            int distance = number < 128 ? new[] { 1, 7, 60, 190 }[number % 4] : 1 + (number % 60);
            for (int count = (number % 67) + 1; count > 0; count--)
            {
                bytes.Add(bytes[^distance]);
            }
        }

        return [.. bytes.Take(length)];
    }
}
