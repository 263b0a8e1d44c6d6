using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Serving.Tests;

/// <summary>A prompt that is written anew for each persona that might answer it.</summary>
public sealed class PersonaPromptTests
{
    [Fact]
    public void After_OfAnotherText_WritesThePromptOnceForIt()
    {
        List<string?> written = [];
        var prompt = new PersonaPrompt(text =>
        {
            written.Add(text);
            return [written.Count];
        });

        Assert.Equal([1, 1, 2, 2, 3], ((string?[])["sage", "sage", null, null, "sage"]).Select(text => prompt.After(text)[0]));
        Assert.Equal(["sage", null, "sage"], written);
    }

    [Fact]
    public void After_OfAWrittenPrompt_IsOnlyForItsPersona()
    {
        var prompt = new PersonaPrompt("sage", [5, 7]);

        Assert.True(prompt.Fits("sage"));
        Assert.False(prompt.Fits(null));
        Assert.Equal([5, 7], prompt.After("sage"));
        Assert.Throws<InvalidOperationException>(() => prompt.After(null));
    }

    // The texts of a request that asks for several read one prompt, and a persona may be replaced meanwhile.
    [Fact]
    public void After_OnSeveralThreads_IsAlwaysThePromptOfItsText()
    {
        IReadOnlyList<int>[] prompts = [[0], [1]];
        string[] texts = ["0", "1"];
        var prompt = new PersonaPrompt(text => prompts[text![0] - '0']);
        long wrong = 0;

        Thread[] readers = [.. Enumerable.Range(0, 4).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < 3_000_000; i++)
            {
                int own = (i + thread) & 1;
                if (prompt.After(texts[own]) != prompts[own])
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        }))];
        Array.ForEach(readers, reader => reader.Start());
        Array.ForEach(readers, reader => reader.Join());

        Assert.Equal(0, wrong);
    }
}
