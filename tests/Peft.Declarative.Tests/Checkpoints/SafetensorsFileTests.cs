using Peft.Declarative.Checkpoints;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    [Fact]
    public void Read_EveryElementType_GivesTheWrittenValues()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> written = new[]
            {
                ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64,
                ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64,
            }
            .ToDictionary(type => type.ToString(), type => arange(15).reshape(3, 5).to(type));
        SafetensorsWriter.Write(directory["all"], written);

        using SafetensorsFile file = SafetensorsFile.Open(directory["all"]);

        Assert.Equal(written.Keys.Order(StringComparer.Ordinal), file.Names);
        foreach ((string name, Tensor expected) in written)
        {
            Tensor actual = file.Read(name);
            Assert.Equal(expected.dtype, actual.dtype);
            Close.Bits(expected, actual, name);
        }
    }

    [Fact]
    public void Read_SingleNumber_HasNoDimensions()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Tensor("U8", "[]", "[0,1]"), 1);

        using Tensor value = file.Read("a");

        Assert.Empty(value.shape);
        Assert.Equal(0, value.item<byte>());
    }

    [Fact]
    public void Read_EmptyTensor_KeepsItsShape()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Tensor("F32", "[3,0,2]", "[0,0]"), 0);

        using Tensor value = file.Read("a");

        Assert.Equal([3L, 0, 2], value.shape);
    }

    [Fact]
    public void Read_EmptyTensorBetweenOthers_IsAllowed()
    {
        using SafetensorsFile file = Open("""
            {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"e":{"dtype":"U8","shape":[0],"data_offsets":[2,2]},
            "b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}
            """, 4);

        using Tensor b = file.Read("b");

        Assert.Equal([2, 3], b.data<byte>().ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Read_DataAtAnyOffset_GivesTheSameValues(int shift)
    {
        string header = SafetensorsBytes.Tensor("I32", "[2]", "[0,8]");
        header += new string(' ', ((8 - ((header.Length + 8) % 8)) % 8) + shift);
        using SafetensorsFile file = Open(header, 8);

        using Tensor value = file.Read("a");

        Assert.Equal([0x03020100, 0x07060504], value.data<int>().ToArray());
    }

    [Fact]
    public void Read_InsideDisposeScope_OutlivesTheScope()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Tensor("U8", "[4]", "[0,4]"), 4);
        Tensor value;
        using (NewDisposeScope())
        {
            value = file.Read("a");
        }

        Assert.Equal([0, 1, 2, 3], value.data<byte>().ToArray());
        value.Dispose();
    }

    [Theory]
    [InlineData("F8_E4M3", "[4]")]
    [InlineData("F4", "[8]")]
    [InlineData("F6_E2M3", "[4,2]", 6)]
    [InlineData("U16", "[2]")]
    [InlineData("U32", "[1]")]
    [InlineData("U64", "[1]", 8)]
    [InlineData("C64", "[1]", 8)]
    public void Read_TypeWithoutTensors_SaysWhichAndWhatToDo(string dtype, string shape, int bytes = 4)
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Tensor(dtype, shape, $"[0,{bytes}]"), bytes);

        SafetensorsException error = Assert.Throws<SafetensorsException>(() => file.Read("a"));

        Assert.Equal(SafetensorsViolation.UnsupportedDtype, error.Violation);
        Assert.Contains(dtype, error.Message);
        Assert.Contains("BF16, I32, F32", error.Message);
    }

    [Fact]
    public void Read_UnknownName_ListsWhatIsThere()
    {
        using SafetensorsFile file = Open(SafetensorsBytes.Tensor("U8", "[4]", "[0,4]"), 4);

        PeftException error = Assert.Throws<PeftException>(() => file.Read("b"));

        Assert.Equal("PEFT503", error.Id);
        Assert.Contains("has no tensor 'b'. It holds 1: a.", error.Message);
    }

    [Fact]
    public void Read_AfterDispose_Throws()
    {
        SafetensorsFile file = Open(SafetensorsBytes.Tensor("U8", "[4]", "[0,4]"), 4);
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Read("a"));
    }

    [Fact]
    public void Open_UnknownFieldsAndTrailingSpaces_AreIgnored()
    {
        using SafetensorsFile file = Open(
            """{"__metadata__":{"format":"pt"},"a":{"note":{"deep":[1,{}]},"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   """, 1);

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.True(file.Contains("a"));
        Assert.Equal(1, file.Entry("a").ByteLength);
    }

    [Fact]
    public void Open_MissingFile_SaysSo()
    {
        PeftException error = Assert.Throws<PeftException>(() => SafetensorsFile.Open(directory["none"]));

        Assert.Equal("PEFT503", error.Id);
        Assert.Contains("does not exist", error.Message);
    }

    [Fact]
    public void Open_Directory_SaysSo() =>
        Assert.Contains("is a directory", Assert.Throws<PeftException>(() => SafetensorsFile.Open(directory.Path)).Message);

    public void Dispose() => directory.Dispose();

    private SafetensorsFile Open(string header, int dataLength)
    {
        File.WriteAllBytes(directory["file"], SafetensorsBytes.Of(header, dataLength));
        return SafetensorsFile.Open(directory["file"]);
    }
}
