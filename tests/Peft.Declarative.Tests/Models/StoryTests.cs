using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Models;

/// <summary>A real pretrained model from its directory to its text: weights, tokenizer, cache.</summary>
public sealed class StoryTests
{
    [SkippableFact]
    public void Generate_WithTinystories_TellsItsStory()
    {
        string? folder = TestData.Folder("PEFT_MODELS", "models") is { } models ? Path.Combine(models, "tinystories-260k") : null;
        Skip.IfNot(Directory.Exists(folder), "The model 'tinystories-260k' is not on this machine; PEFT_MODELS names its parent folder.");

        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(folder);
        ITokenizer tokenizer = Tokenizer.Load(folder);
        model.eval();
        Tensor start = tensor(new long[,] { { tokenizer.TokenId("<s>")!.Value } });

        Tensor ids = new TextGenerator(model).Generate(start, ones_like(start), new GenerationOptions { MaxNewTokens = 200, EosTokenIds = [] });

        Assert.StartsWith(
            "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball.",
            tokenizer.Decode(ids[0].data<long>().Select(id => (int)id)).TrimStart(), StringComparison.Ordinal);
    }
}
