using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads the JSON header of a safetensors file token by token, so that numbers in the header never determine the size of an allocation.</summary>
internal ref struct SafetensorsHeaderReader
{
    private readonly string _file;
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly HashSet<string> _names = [];
    private Dictionary<string, string>? _metadata;
    private Utf8JsonReader _json;

    private SafetensorsHeaderReader(string file, ReadOnlySpan<byte> header)
    {
        _file = file;
        _json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 64 });
    }

    internal static SafetensorsHeader Read(string file, ReadOnlySpan<byte> header)
    {
        if (header is not [(byte)'{', ..])
        {
            throw new SafetensorsException(SafetensorsViolation.InvalidHeaderStart, file, "its header does not begin with '{'");
        }

        if (!Utf8.IsValid(header))
        {
            throw new SafetensorsException(SafetensorsViolation.InvalidHeader, file, "its header is not UTF-8 text");
        }

        SafetensorsHeaderReader reader = new(file, header);
        try
        {
            return reader.ReadAll();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)   // InvalidOperationException: half of a surrogate pair in a string
        {
            throw new SafetensorsException(SafetensorsViolation.InvalidHeaderDeserialization, file,
                "its header is not JSON: " + error.Message.TrimEnd('.'), inner: error);
        }
    }

    private SafetensorsHeader ReadAll()
    {
        _json.Read();
        while (NextKey() is { } name)
        {
            if (!_names.Add(name))
            {
                throw Fail(SafetensorsViolation.DuplicateName, $"'{Shown(name)}' occurs twice in its header", name);
            }

            if (name == SafetensorsHeader.MetadataKey)
            {
                _metadata = ReadMetadata();
                continue;
            }

            if (_entries.Count == SafetensorsFile.MaxTensors)
            {
                throw Fail(SafetensorsViolation.TooManyTensors, FormattableString.Invariant($"its header names more than {SafetensorsFile.MaxTensors:N0} tensors"), name);
            }

            _entries.Add(ReadEntry(name));
        }

        _json.Read();   // throws if anything except white space follows
        return new SafetensorsHeader(_entries, _metadata ?? []);
    }

    private Dictionary<string, string> ReadMetadata()
    {
        Dictionary<string, string> pairs = [];
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null)
        {
            return pairs;
        }

        Expect(JsonTokenType.StartObject, SafetensorsHeader.MetadataKey, "is not an object");
        while (NextKey() is { } key)
        {
            _json.Read();
            Expect(JsonTokenType.String, SafetensorsHeader.MetadataKey, $"has a value at '{Shown(key)}' that is not a string");
            if (!pairs.TryAdd(key, _json.GetString()!))
            {
                throw Fail(SafetensorsViolation.DuplicateName, $"'{Shown(key)}' occurs twice in its metadata", SafetensorsHeader.MetadataKey);
            }
        }

        return pairs;
    }

    private SafetensorsEntry ReadEntry(string name)
    {
        SafetensorsDtype? dtype = null;
        ImmutableArray<long>? shape = null;
        ImmutableArray<long>? offsets = null;
        _json.Read();
        Expect(JsonTokenType.StartObject, name, "is not described by an object");
        while (NextKey() is { } field)
        {
            switch (field)
            {
                case "dtype":
                    Once(dtype is null, name, field);
                    dtype = ReadDtype(name);
                    break;
                case "shape":
                    Once(shape is null, name, field);
                    shape = ReadNumbers(
                        name, field, SafetensorsFile.MaxRank, SafetensorsViolation.RankTooLarge, SafetensorsViolation.ValidationOverflow);
                    break;
                case "data_offsets":
                    Once(offsets is null, name, field);
                    offsets = ReadNumbers(name, field, 2, SafetensorsViolation.InvalidHeaderDeserialization, SafetensorsViolation.InvalidOffset);
                    break;
                default:
                    _json.Skip();   // the reference reader ignores unknown fields
                    break;
            }
        }

        if (dtype is null || shape is null || offsets is not [long begin, long end])
        {
            throw Fail(SafetensorsViolation.InvalidHeaderDeserialization,
                $"tensor '{Shown(name)}' lacks dtype, shape, or data_offsets of two numbers", name);
        }

        return new SafetensorsEntry(name, dtype.Value, shape.Value, begin, end);
    }

    private SafetensorsDtype ReadDtype(string name)
    {
        _json.Read();
        Expect(JsonTokenType.String, name, "has a dtype that is not a string");
        string text = _json.GetString()!;
        return SafetensorsDtypeTable.Parse(text)
            ?? throw Fail(SafetensorsViolation.InvalidHeaderDeserialization, $"tensor '{Shown(name)}' has the unknown dtype '{Shown(text)}'", name);
    }

    private ImmutableArray<long> ReadNumbers(
        string name, string field, int limit, SafetensorsViolation tooMany, SafetensorsViolation tooLarge)
    {
        _json.Read();
        Expect(JsonTokenType.StartArray, name, $"has a {field} that is not a list");
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == limit)
            {
                throw Fail(tooMany, $"tensor '{Shown(name)}' has more than {limit} numbers in its {field}", name);
            }

            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetUInt64(out ulong number))
            {
                throw Fail(SafetensorsViolation.InvalidHeaderDeserialization,
                    $"tensor '{Shown(name)}' has something other than a whole number from 0 to 2^64 - 1 in its {field}", name);
            }

            numbers.Add(number <= long.MaxValue
                ? (long)number
                : throw Fail(tooLarge, $"tensor '{Shown(name)}' has {number} in its {field}, which no file can hold", name));
        }

        return numbers.DrainToImmutable();
    }

    private string? NextKey()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.PropertyName ? _json.GetString() : null;
    }

    private readonly void Once(bool first, string name, string field)
    {
        if (!first)
        {
            throw Fail(SafetensorsViolation.DuplicateName, $"tensor '{Shown(name)}' has {field} twice", name);
        }
    }

    private readonly void Expect(JsonTokenType type, string name, string problem)
    {
        if (_json.TokenType != type)
        {
            throw Fail(SafetensorsViolation.InvalidHeaderDeserialization, $"'{Shown(name)}' {problem}", name);
        }
    }

    private readonly SafetensorsException Fail(SafetensorsViolation violation, string problem, string name) =>
        new(violation, _file, problem, name);

    private static string Shown(string name) => UntrustedText.Shown(name);
}
