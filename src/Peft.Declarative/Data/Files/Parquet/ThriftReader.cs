namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>
/// Reads the structures of a Parquet file in Thrift's compact protocol. It never reads beyond the bytes, and compares the type of each field with the
/// expected one: a reader that trusts the file would misinterpret other types and lengths.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The number of bytes read so far.</summary>
    internal int Position { get; private set; }

    /// <summary>Reads the next structure.</summary>
    /// <param name="shape">Its name in <see cref="ParquetShapes"/>; <see langword="null"/> for one that readers skip.</param>
    /// <exception cref="FormatException">The bytes are not a structure.</exception>
    internal ThriftStruct Struct(string? shape) => Struct(shape, depth: 0);

    private ThriftStruct Struct(string? shape, int depth)
    {
        if (depth > Deepest)
        {
            throw new FormatException("its structures are nested too deeply");
        }

        var read = new ThriftStruct();
        int field = 0;
        while (Byte() is var head and not 0)
        {
            field = head >> 4 is > 0 and var step ? field + step : (int)Number();
            string? kind = ParquetShapes.Of(shape, field);
            var type = (ThriftType)(head & 0xF);
            Require(type, kind, shape);
            Value(type, kind, field, read, depth);
        }

        return read;
    }

    private void Value(ThriftType type, string? kind, int field, ThriftStruct into, int depth)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;   // a field of this type contains its value
            case ThriftType.Number8:
                into.Set(field, (sbyte)Byte());
                break;
            case ThriftType.Number16 or ThriftType.Number32 or ThriftType.Number64:
                into.Set(field, Number());
                break;
            case ThriftType.Double:
                Skip(sizeof(double));
                break;
            case ThriftType.Bytes:
                Skip(Length());
                break;
            case ThriftType.List or ThriftType.Set:
                List(kind, field, into, depth);
                break;
            case ThriftType.Map when Length() is > 0 and var count:
                Map(count, depth);
                break;
            case ThriftType.Map:
                break;
            case ThriftType.Struct:
                into.Add(field, Struct(kind, depth + 1));
                break;
            default:
                throw new FormatException("it has a field of no known kind");
        }
    }

    private void List(string? kind, int field, ThriftStruct into, int depth)
    {
        byte head = Byte();
        int count = head >> 4 is < 15 and var few ? few : Length();
        RequireBytes(count);   // each has at least one
        var type = (ThriftType)(head & 0xF);
        string? element = kind?[1..];
        Require(type, element, kind);
        for (int i = 0; i < count; i++)
        {
            Element(type, element, field, into, depth);
        }
    }

    // No field that readers use is a map.
    private void Map(int count, int depth)
    {
        RequireBytes(count);
        byte types = Byte();
        var ignored = new ThriftStruct();
        for (int i = 0; i < count; i++)
        {
            Element((ThriftType)(types >> 4), null, 0, ignored, depth);
            Element((ThriftType)(types & 0xF), null, 0, ignored, depth);
        }
    }

    private void Element(ThriftType type, string? kind, int field, ThriftStruct into, int depth)
    {
        if (type is ThriftType.True or ThriftType.False)
        {
            Skip(1);   // among others, a boolean has one byte
        }
        else
        {
            Value(type, kind, field, into, depth + 1);
        }
    }

    private static void Require(ThriftType type, string? kind, string? owner)
    {
        bool fits = kind switch
        {
            null => true,
            "i" => type is >= ThriftType.Number8 and <= ThriftType.Number64,
            "s" => type == ThriftType.Bytes,
            "b" => type is ThriftType.True or ThriftType.False,
            "d" => type == ThriftType.Double,
            _ => kind[0] == '*' ? type == ThriftType.List : type == ThriftType.Struct,
        };
        if (!fits)
        {
            throw new FormatException($"a field of its {owner} is of the wrong kind");
        }
    }

    private byte Byte()
    {
        RequireBytes(1);
        return _bytes[Position++];
    }

    // Seven bits per byte, the low ones first, with zigzag encoding of signs.
    private long Number()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("it has a number without end");
    }

    private int Length() => Unsigned() is <= int.MaxValue and var length ? (int)length : throw new FormatException("it has a length beyond its end");

    private void Skip(int count)
    {
        RequireBytes(count);
        Position += count;
    }

    private readonly void RequireBytes(int count)
    {
        if (count > _bytes.Length - Position)
        {
            throw new FormatException("it has a length beyond its end");
        }
    }

    private enum ThriftType
    {
        True = 1,
        False = 2,
        Number8 = 3,
        Number16 = 4,
        Number32 = 5,
        Number64 = 6,
        Double = 7,
        Bytes = 8,
        List = 9,
        Set = 10,
        Map = 11,
        Struct = 12,
    }
}
