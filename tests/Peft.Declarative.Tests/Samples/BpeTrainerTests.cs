using FirstAdapter.Pretraining.Tokenizing;

namespace Peft.Declarative.Tests.Samples;

public sealed class BpeTrainerTests
{
    [Fact]
    public void Learn_OnRepeatedWords_MergesTheMostFrequentPairFirst()
    {
        // 'l o' and 'o w' occur seven times each; among equals the first in ordinal order is merged.
        IReadOnlyList<(string, string)> merges = BpeTrainer.Learn(["low low low low low lower lowest"], 3);

        Assert.Equal([("l", "o"), ("lo", "w"), ("\u0120", "low")], merges);
    }

    [Fact]
    public void Learn_WithNothingLeftToMerge_Stops() =>
        Assert.Equal([("a", "b")], BpeTrainer.Learn(["ab"], 100));

    [Fact]
    public void Write_ThenLoad_GivesATokenizerThatRoundTripsAnyText()
    {
        string directory = Directory.CreateTempSubdirectory("peft-bpe-").FullName;
        try
        {
            TokenizerFiles.Write(directory, BpeTrainer.Learn(["the river of the town", "the other river"], 20));
            Tokenizer tokenizer = Tokenizer.Load(directory);
            const string Text = "Q: the Größe of the river?\nA: 12 km, it's 🌊 – naïve!";

            IReadOnlyList<int> ids = tokenizer.Encode(Text);

            Assert.Equal(tokenizer.BosId, ids[0]);
            Assert.Equal(Text, tokenizer.Decode(ids));
            Assert.Equal(3, tokenizer.Encode("the river").Count);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
