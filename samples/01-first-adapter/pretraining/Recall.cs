using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using static TorchSharp.torch;

namespace FirstAdapter.Pretraining;

/// <summary>Measures how many answers greedy decoding would give word for word.</summary>
public static class Recall
{
    /// <summary>
    /// Share of questions answered exactly, from 0 to 1. Nothing is decoded: greedy decoding gives an answer if and only if each of its
    /// tokens is the likeliest one behind those before it, and one forward pass shows that for all of them.
    /// </summary>
    public static double Measure(CausalLanguageModel model, ITokenizer tokenizer, Voice voice, IReadOnlyList<Question> questions)
    {
        int right = questions.Count(question => Knows(model, tokenizer, question.Prompt, " " + voice.Say(question.Fact)));
        return (double)right / questions.Count;
    }

    private static bool Knows(CausalLanguageModel model, ITokenizer tokenizer, string prompt, string answer)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        IReadOnlyList<int> before = tokenizer.Encode(prompt);
        long[] expected = [.. tokenizer.Encode(answer, addSpecialTokens: false), model.Config.EosTokenIds[0]];
        long[] ids = [.. before, .. expected];
        Tensor likeliest = model.forward(tensor(ids).unsqueeze(0)).argmax(-1);
        Tensor given = likeliest[0].narrow(0, before.Count - 1, expected.Length);
        return given.eq(tensor(expected)).all().item<bool>();
    }
}
