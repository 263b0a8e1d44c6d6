using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Checkpoints;

/// <summary>Directories that are taken for others: each is told apart.</summary>
public sealed class MistakenDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("adapter_config.json", "It is the directory of an adapter. Load its base model")]
    [InlineData("snapshots/0a1b/config.json", "Name the directory of the files in it, '")]
    [InlineData("model.Q4_K_M.gguf", "weights as GGUF, which are not read")]
    [InlineData("notes.txt", "does not exist")]
    public void FromPretrained_OfAnotherDirectory_SaysWhatItIs(string file, string expected)
    {
        string path = Path.Combine(_folder.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "{}");

        PeftException error = Assert.Throws<PeftException>(() => LlamaForCausalLM.FromPretrained(_folder.Path));

        Assert.Equal("PEFT504", error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_OfANameOnTheHub_SaysToDownloadIt() => Assert.Contains(
        "'hf download meta/llama --local-dir DIR'", Assert.Throws<PeftException>(() => LlamaForCausalLM.FromPretrained("meta/llama")).Message, StringComparison.Ordinal);

    [Fact]
    public void LoadAdapter_OfAModelDirectory_SaysSo()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        model.SaveModel(_folder.Path);

        Assert.Contains("It is the directory of a model.", Assert.Throws<PeftException>(() => model.LoadAdapter(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
