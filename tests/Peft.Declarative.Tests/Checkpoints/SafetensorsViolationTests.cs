using System.Buffers.Binary;
using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class SafetensorsViolationTests : IDisposable
{
    private const string A = """{"dtype":"U8","shape":[4],"data_offsets":[0,4]}""";

    private readonly TemporaryFolder directory = new();

    public static TheoryData<string, string, int, SafetensorsViolation> Headers => new()
    {
        { "text before the object", " {}", 0, SafetensorsViolation.InvalidHeaderStart },
        { "list", "[]", 0, SafetensorsViolation.InvalidHeaderStart },
        { "empty header", "", 0, SafetensorsViolation.InvalidHeaderStart },
        { "open object", """{"a":""", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "text after the object", "{} {}", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "zero bytes after the object", "{}\0\0", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "half a surrogate pair", """{"\ud800":{}}""", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "deep nesting", "{\"a\":{\"x\":" + new string('[', 100_000), 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "tensor that is a number", """{"a":3}""", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "unknown dtype", SafetensorsBytes.Tensor("F31", "[1]", "[0,4]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "dtype in lower case", SafetensorsBytes.Tensor("f32", "[1]", "[0,4]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "negative size", SafetensorsBytes.Tensor("F32", "[-1]", "[0,4]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "fraction as size", SafetensorsBytes.Tensor("F32", "[1.0]", "[0,4]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "nested shape", SafetensorsBytes.Tensor("F32", "[[1]]", "[0,4]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "one offset", SafetensorsBytes.Tensor("F32", "[1]", "[0]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "three offsets", SafetensorsBytes.Tensor("F32", "[1]", "[0,4,8]"), 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "no shape", """{"a":{"dtype":"U8","data_offsets":[0,4]}}""", 4, SafetensorsViolation.InvalidHeaderDeserialization },
        { "metadata that is a list", """{"__metadata__":[]}""", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "metadata with a number", """{"__metadata__":{"x":1}}""", 0, SafetensorsViolation.InvalidHeaderDeserialization },
        { "same tensor twice", $$$"""{"a":{{{A}}},"a":{{{A}}}}""", 4, SafetensorsViolation.DuplicateName },
        { "same tensor twice, once escaped", $$$"""{"a":{{{A}}},"\u0061":{{{A}}}}""", 4, SafetensorsViolation.DuplicateName },
        { "dtype twice", """{"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsViolation.DuplicateName },
        { "shape twice", """{"a":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsViolation.DuplicateName },
        { "metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0, SafetensorsViolation.DuplicateName },
        { "metadata key twice", """{"__metadata__":{"x":"1","x":"2"}}""", 0, SafetensorsViolation.DuplicateName },
        { "65 dimensions", SafetensorsBytes.Tensor("U8", $"[{string.Join(',', Enumerable.Repeat(1, 65))}]", "[0,1]"), 1, SafetensorsViolation.RankTooLarge },
        { "first tensor not at zero", SafetensorsBytes.Tensor("U8", "[4]", "[1,5]"), 5, SafetensorsViolation.InvalidOffset },
        { "end before begin", SafetensorsBytes.Tensor("U8", "[4]", "[0,-4]").Replace("[0,-4]", "[4,0]"), 4, SafetensorsViolation.InvalidOffset },
        { "hole", $$$"""{"a":{{{A}}},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""", 8, SafetensorsViolation.InvalidOffset },
        { "overlap", $$$"""{"a":{{{A}}},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, SafetensorsViolation.InvalidOffset },
        { "same bytes twice", $$$"""{"a":{{{A}}},"b":{{{A}}}}""", 4, SafetensorsViolation.InvalidOffset },
        { "offset beyond 63 bits", SafetensorsBytes.Tensor("U8", "[4]", "[0,18446744073709551615]"), 4, SafetensorsViolation.InvalidOffset },
        { "elements overflow", SafetensorsBytes.Tensor("U8", "[4294967296,4294967296]", "[0,0]"), 0, SafetensorsViolation.ValidationOverflow },
        { "elements overflow into the sign", SafetensorsBytes.Tensor("U8", "[4294967296,2147483648]", "[0,0]"), 0, SafetensorsViolation.ValidationOverflow },
        { "bits overflow", SafetensorsBytes.Tensor("F64", "[4611686018427387904]", "[0,0]"), 0, SafetensorsViolation.ValidationOverflow },
        { "size beyond 63 bits", SafetensorsBytes.Tensor("U8", "[18446744073709551615]", "[0,0]"), 0, SafetensorsViolation.ValidationOverflow },
        { "empty but overflowing strides", SafetensorsBytes.Tensor("U8", "[0,4611686018427387904,4]", "[0,0]"), 0, SafetensorsViolation.ValidationOverflow },
        { "half a byte", SafetensorsBytes.Tensor("F4", "[3]", "[0,2]"), 2, SafetensorsViolation.MisalignedSlice },
        { "bytes too few", SafetensorsBytes.Tensor("F32", "[2]", "[0,4]"), 4, SafetensorsViolation.TensorInvalidInfo },
        { "bytes for an empty tensor", SafetensorsBytes.Tensor("F32", "[0]", "[0,4]"), 4, SafetensorsViolation.TensorInvalidInfo },
        { "truncated data", $$$"""{"a":{{{A}}}}""", 3, SafetensorsViolation.MetadataIncompleteBuffer },
        { "trailing data", $$$"""{"a":{{{A}}}}""", 5, SafetensorsViolation.MetadataIncompleteBuffer },
        { "data without tensors", "{}", 1, SafetensorsViolation.MetadataIncompleteBuffer },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Open_BrokenHeader_NamesTheRule(string what, string header, int dataLength, SafetensorsViolation expected)
    {
        SafetensorsException error = OpenFails(SafetensorsBytes.Of(header, dataLength));

        Assert.True(expected == error.Violation, $"{what}: {error.Message}");
        Assert.Equal("PEFT501", error.Id);
        Assert.Contains(directory["file"], error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Open_FileBelowEightBytes_SaysHeaderTooSmall(int length) =>
        Assert.Equal(SafetensorsViolation.HeaderTooSmall, OpenFails(new byte[length]).Violation);

    [Theory]
    [InlineData(100_000_001, SafetensorsViolation.HeaderTooLarge)]
    [InlineData(ulong.MaxValue, SafetensorsViolation.HeaderTooLarge)]
    [InlineData(100_000_000, SafetensorsViolation.InvalidHeaderLength)]
    [InlineData(3, SafetensorsViolation.InvalidHeaderLength)]
    public void Open_HeaderLengthBeyondTheFile_ReadsNoHeader(ulong length, SafetensorsViolation expected)
    {
        byte[] file = [.. new byte[8], .. "{}"u8];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);

        Assert.Equal(expected, OpenFails(file).Violation);
    }

    [Fact]
    public void Open_HeaderNotUtf8_SaysInvalidHeader() =>
        Assert.Equal(SafetensorsViolation.InvalidHeader, OpenFails(SafetensorsBytes.Of([(byte)'{', 0xFF, (byte)'}'], 0)).Violation);

    [Fact]
    public void Open_TooManyTensors_StopsCounting()
    {
        const string Field = ":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
        string header = "{" + string.Join(',', Enumerable.Range(0, SafetensorsFile.MaxTensors + 1).Select(i => $"\"{i:x}\"{Field}")) + "}";

        Assert.Equal(SafetensorsViolation.TooManyTensors, OpenFails(SafetensorsBytes.Of(header, 0)).Violation);
    }

    [Fact]
    public void Open_TruncatedFile_SaysByHowMuchAndWhatToDo()
    {
        SafetensorsException error = OpenFails(SafetensorsBytes.Of(SafetensorsBytes.Tensor("F32", "[4]", "[0,16]"), 6));

        Assert.Contains("10 bytes before the last tensor", error.Message);
        Assert.Contains("Download or copy the file again", error.Message);
    }

    [Fact]
    public void Open_HostileTensorName_ShowsItWithoutControlCharactersAndShort()
    {
        string name = "\\u001b[2J" + new string('x', 10_000);
        SafetensorsException error = OpenFails(SafetensorsBytes.Of($$$"""{"{{{name}}}":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4));

        Assert.DoesNotContain('\u001b', error.Message);
        Assert.InRange(error.Message.Length, 1, 600);
    }

    public void Dispose() => directory.Dispose();

    private SafetensorsException OpenFails(byte[] file)
    {
        File.WriteAllBytes(directory["file"], file);
        return Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(directory["file"]));
    }
}
