using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method if rows join and leave a batch between steps: each row's text is that of running it alone.</summary>
public sealed class ContinuousBatchInvariants
{
    private static readonly string[] Families = ["llama", "gpt2"];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach ((string family, MethodSample sample) in Families.SelectMany(family => MethodSamples.All.Where(sample => sample.Families.Contains(family)).Select(sample => (family, sample))))
            {
                cases.Add(family, sample.Name);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Text_OfARowThatJoinsOthers_IsThatOfTheRowAlone(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using var model = (CausalLanguageModel)mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        int[][] prompts = [.. MixedRows.Names.Select((_, row) => Prompt(row))];
        GenerationOptions[] options = [.. MixedRows.Names.Select((_, row) => Options(row))];
        model.Adapters.Activate();

        using var batch = new ContinuousBatch(model) { MaxRows = 5, PrefillTokens = 4 };
        List<BatchRow> rows = [];
        while (rows.Count < prompts.Length || batch.Count > 0)
        {
            for (int add = 0; add < 2 && rows.Count < prompts.Length; add++)
            {
                rows.Add(batch.Add(prompts[rows.Count], MixedRows.Names[rows.Count], options[rows.Count]));
            }

            Assert.True(batch.Count > 0 && batch.Step() is not null);
        }

        for (int row = 0; row < prompts.Length; row++)
        {
            mixed.Activate(row);
            using GenerationResult alone = new TextGenerator(model).Run(tensor([.. prompts[row].Select(id => (long)id)], [1, prompts[row].Length]), null, options[row]);
            Assert.Null(rows[row].Error);
            Assert.Equal(alone.NewTokens(0), rows[row].NewTokens);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Text_OfARowWhosePromptBeginsAsAnEarlierOne_IsThatOfReadingAllOfIt(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using var model = (CausalLanguageModel)mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Activate();
        using var reusing = new ContinuousBatch(model) { PromptMemory = 1 << 20, PrefillTokens = 64 };
        Run(reusing, end: 0);

        long before = reusing.PromptPositions;
        List<BatchRow> again = Run(reusing, end: 1);
        long computed = reusing.PromptPositions - before;

        using var reading = new ContinuousBatch(model) { PrefillTokens = 64 };
        List<BatchRow> whole = Run(reading, end: 1);
        for (int row = 0; row < whole.Count; row++)
        {
            bool reuses = model.Adapters.FirstOrDefault(adapter => adapter.Name == MixedRows.Names[row])?.Config.AveragesRows != true;
            Assert.Equal(reuses ? Beginning(row) : 0, again[row].CachedTokens);
            Assert.Equal(whole[row].NewTokens, again[row].NewTokens);
            foreach ((TokenLogProbability expected, TokenLogProbability actual) in whole[row].LogProbabilities.Zip(again[row].LogProbabilities))
            {
                Assert.Equal(expected.Top.Select(top => top.LogProbability), actual.Top.Select(top => top.LogProbability), (x, y) => Math.Abs(x - y) < 1e-5);
            }
        }

        Assert.True(computed <= reading.PromptPositions - whole.Select((_, row) => again[row].CachedTokens).Sum(), $"{computed} of {reading.PromptPositions} positions");

        List<BatchRow> Run(ContinuousBatch batch, int end)
        {
            List<BatchRow> rows = [.. MixedRows.Names.Select((name, row) => batch.Add(
                [.. Enumerable.Range(0, Beginning(row)).Select(i => 2 + ((i * 7) + (row * 11)) % 40), .. Enumerable.Range(0, 3).Select(i => 42 + end - (i * row % 30))],
                name, new GenerationOptions { MaxNewTokens = 6, EosTokenIds = [] }, topLogProbabilities: 4))];
            while (batch.Count > 0)
            {
                batch.Step();
            }

            Assert.All(rows, row => Assert.Null(row.Error));
            return rows;
        }

        static int Beginning(int row) => 5 + (row * 5 % 13);
    }

    // From 2 to 14 tokens: shorter and longer than the pieces in which prompts are read.
    private static int[] Prompt(int row) => [.. Enumerable.Range(0, 2 + (row * 5 % 13)).Select(i => 2 + ((i * 7) + (row * 11)) % 44)];

    private static GenerationOptions Options(int row)
    {
        var options = new GenerationOptions { MaxNewTokens = 3 + (row * 3 % 8), EosTokenIds = [], Seed = row };
        return (row % 4) switch
        {
            0 => options,
            1 => options with { DoSample = true },
            2 => options with { DoSample = true, Temperature = 0.7, TopP = 0.8 },
            _ => options with { DoSample = true, RepetitionPenalty = 1.3, MinNewTokens = 2 },
        };
    }
}
