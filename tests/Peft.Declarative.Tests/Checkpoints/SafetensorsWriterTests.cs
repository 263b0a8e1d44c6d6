using System.Buffers.Binary;
using System.Text;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    [Fact]
    public void Write_SeveralTypes_SortsByTypeThenName()
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(directory["file"], new Dictionary<string, Tensor>
        {
            ["b"] = zeros(2),
            ["a"] = zeros(1),
            ["h"] = zeros(3, dtype: ScalarType.Float16),
            ["i"] = zeros(1, dtype: ScalarType.Int64),
        }, new Dictionary<string, string> { ["format"] = "pt" });

        (string header, int length) = Header();

        Assert.Equal("""
            {"__metadata__":{"format":"pt"},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]},"h":{"dtype":"F16","shape":[3],"data_offsets":[20,26]}}
            """, header.TrimEnd(' '));
        Assert.Equal(0, length % 8);
    }

    [Fact]
    public void Write_TransposedView_WritesRowByRow()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor view = arange(6).reshape(2, 3).t();
        SafetensorsWriter.Write(directory["file"], new Dictionary<string, Tensor> { ["v"] = view, ["part"] = view.narrow(0, 1, 1) });

        using SafetensorsFile file = SafetensorsFile.Open(directory["file"]);

        Close.Bits(view, file.Read("v"), "v");
        Close.Bits(view.narrow(0, 1, 1), file.Read("part"), "part");
    }

    [Fact]
    public void Write_ParameterThatRequiresGradient_LeavesItAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ones(4, requires_grad: true);
        SafetensorsWriter.Write(directory["file"], new Dictionary<string, Tensor> { ["w"] = weight });

        using SafetensorsFile file = SafetensorsFile.Open(directory["file"]);

        Assert.True(weight.requires_grad);
        Close.Bits(weight, file.Read("w"), "w");
    }

    [Fact]
    public void Write_NamesOutsideAscii_AreReadBack()
    {
        using DisposeScope scope = NewDisposeScope();
        const string Name = "blöcke.\"0\".𝛼\n";
        SafetensorsWriter.Write(directory["file"], new Dictionary<string, Tensor> { [Name] = ones(1) });

        using SafetensorsFile file = SafetensorsFile.Open(directory["file"]);

        Assert.Equal([Name], file.Names);
    }

    [Fact]
    public void Write_ComplexTensor_SaysWhichAndWritesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["z"] = zeros(2, dtype: ScalarType.ComplexFloat64) };

        SafetensorsException error = Assert.Throws<SafetensorsException>(() => SafetensorsWriter.Write(directory["file"], tensors));

        Assert.Equal("z", error.Tensor);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Write_TensorNamedLikeTheMetadata_IsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["__metadata__"] = zeros(2) };

        Assert.Throws<SafetensorsException>(() => SafetensorsWriter.Write(directory["file"], tensors));
    }

    [Fact]
    public void Write_OverAFileThatIsOpen_KeepsTheOldOneReadable()
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(directory["file"], new Dictionary<string, Tensor> { ["w"] = ones(4) });
        using SafetensorsFile old = SafetensorsFile.Open(directory["file"]);
        Tensor view = old.Read("w");

        SafetensorsWriter.Write(directory["file"], new Dictionary<string, Tensor> { ["w"] = view * 2 });

        using SafetensorsFile written = SafetensorsFile.Open(directory["file"]);
        Close.Bits(ones(4), view, "old");
        Close.Bits(full(4, 2f), written.Read("w"), "new");
    }

    [Fact]
    public void Write_ManyTimes_LeavesNoTensorBehind()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new() { ["t"] = arange(6).reshape(2, 3).t() };
        long before = LiveTensors.CountAfterCollection();

        for (int i = 0; i < 5; i++)
        {
            SafetensorsWriter.Write(directory["file"], tensors);
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    public void Dispose() => directory.Dispose();

    private (string Text, int Length) Header()
    {
        byte[] bytes = File.ReadAllBytes(directory["file"]);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return (Encoding.UTF8.GetString(bytes, 8, length), length);
    }
}
