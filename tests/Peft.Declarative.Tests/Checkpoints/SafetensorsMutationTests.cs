using CsCheck;
using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class SafetensorsMutationTests : IDisposable
{
    private const string Seed = "0N0XIzNsQ0O2";

    private readonly TemporaryFolder directory = new();
    private readonly byte[] valid;

    public SafetensorsMutationTests()
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(directory["valid"], new Dictionary<string, Tensor>
        {
            ["a.weight"] = arange(12).reshape(3, 4).to(ScalarType.Float32),
            ["b.weight"] = arange(6).to(ScalarType.BFloat16),
            ["empty"] = zeros(0, 3),
            ["step"] = tensor(7L),
        });
        valid = File.ReadAllBytes(directory["valid"]);
    }

    [Fact]
    public void Open_BytesChanged_ReadsInsideTheFileOrNamesTheRule() =>
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[1, 6].Sample(
            changes => { ReadsOrRefuses(Changed(changes)); }, seed: Seed, iter: 3000, threads: 1);

    [Fact]
    public void Open_FileCutAnywhere_NamesTheRule()
    {
        for (int length = 0; length < valid.Length; length++)
        {
            Assert.False(ReadsOrRefuses(valid[..length]), $"A file cut after {length} of {valid.Length} bytes was accepted.");
        }
    }

    [Fact]
    public void Open_DigitsChanged_ReadsInsideTheFileOrNamesTheRule()
    {
        int[] digits = [.. Enumerable.Range(8, valid.Length - 8).Where(i => char.IsAsciiDigit((char)valid[i]))];

        Gen.Select(Gen.OneOfConst(digits), Gen.Byte[(byte)'0', (byte)'9']).Array[1, 4].Sample(
            changes => { ReadsOrRefuses(Changed(changes)); }, seed: Seed, iter: 2000, threads: 1);
    }

    [Fact]
    public void Open_RandomBytes_NamesTheRule() =>
        Gen.Byte.Array[0, 200].Sample(bytes => !ReadsOrRefuses(bytes), seed: Seed, iter: 1000, threads: 1);

    public void Dispose() => directory.Dispose();

    private byte[] Changed((int At, byte Value)[] changes)
    {
        byte[] bytes = [.. valid];
        foreach ((int at, byte value) in changes)
        {
            bytes[at] = value;
        }

        return bytes;
    }

    /// <summary>True if the file was read, every byte of every tensor; false if it was refused by a named rule. Anything else throws.</summary>
    private bool ReadsOrRefuses(byte[] bytes)
    {
        string path = directory["mutant"];
        File.WriteAllBytes(path, bytes);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            long total = 0;
            foreach (string name in file.Names)
            {
                using Tensor tensor = file.Read(name);
                using Tensor copy = tensor.clone();
                total += copy.numel() * copy.element_size();
            }

            Assert.InRange(total, 0, bytes.Length);
            return true;
        }
        catch (SafetensorsException)
        {
            return false;
        }
    }
}
