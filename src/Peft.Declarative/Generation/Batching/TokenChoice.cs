using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>Selects the next token of each row by the row's own options and random numbers. Rows of the same rules are computed together.</summary>
internal static class TokenChoice
{
    /// <summary>Selects tokens and adds them to the rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="logits">Their logits, float32 [rows, vocabulary].</param>
    internal static void Add(IReadOnlyList<BatchRow> rows, Tensor logits)
    {
        long[] tokens = new long[rows.Count];
        List<int[]> groups = [];
        List<Tensor> chosen = [];
        foreach (int[] alike in Enumerable.Range(0, rows.Count).GroupBy(row => Rules(rows[row])).Select(alike => alike.ToArray()))
        {
            BatchRow[] own = [.. alike.Select(row => rows[row])];
            try
            {
                chosen.Add(Choose(own, Of(logits, alike)));
                groups.Add(alike);
            }
            catch (Exception error)
            {
                Array.ForEach(own, row => row.Fail(error));   // a rule of its own failed, or its probabilities are none
            }
        }

        if (groups.Count == 0)
        {
            return;
        }

        long[] inGroups = SearchContext.Host(chosen.Count == 1 ? chosen[0] : cat(chosen, 0));
        foreach ((int row, long token) in groups.SelectMany(alike => alike).Zip(inGroups))
        {
            tokens[row] = token;
        }

        TokenLogProbability?[] likely = LogProbabilities(rows, logits, tokens);
        foreach (int row in groups.SelectMany(alike => alike))
        {
            rows[row].Add(tokens[row], likely[row]);
        }
    }

    // Rules that read the ids depend on the row. Others are the same for rows of the same numbers.
    private static object Rules(BatchRow row) => row.Pipeline.ReadsIds ? row : row.Options is var o && o.DoSample
        ? (o.Temperature, o.TopK, o.TopP, o.MinP, o.TypicalP, o.EpsilonCutoff, o.EtaCutoff, o.RenormalizeLogits)
        : false;

    private static Tensor Choose(BatchRow[] rows, Tensor logits)
    {
        LogitsPipeline pipeline = rows[0].Pipeline;
        Tensor ids = pipeline.ReadsIds
            ? tensor([.. rows[0].Ids.Select(id => (long)id)], [1, rows[0].Ids.Count], device: logits.device)
            : empty([0, 0], dtype: ScalarType.Int64, device: logits.device);
        Tensor scores = pipeline.Process(ids, logits);
        if (!rows[0].Options.DoSample)
        {
            return scores.argmax(1);
        }

        Tensor probabilities = scores.softmax(1);
        return cat([.. rows.Select((row, i) => probabilities.narrow(0, i, 1).multinomial(1, replacement: false, row.Random).squeeze(1))], 0);
    }

    private static TokenLogProbability?[] LogProbabilities(IReadOnlyList<BatchRow> rows, Tensor logits, long[] tokens)
    {
        var likely = new TokenLogProbability?[rows.Count];
        int[] asking = [.. Enumerable.Range(0, rows.Count).Where(row => rows[row].TopLogProbabilities is not null)];
        if (asking.Length == 0)
        {
            return likely;
        }

        Tensor logs = Of(logits, asking).log_softmax(1);
        int most = Math.Max(1, asking.Max(row => rows[row].TopLogProbabilities!.Value));
        (Tensor values, Tensor indices) = logs.topk((int)Math.Min(most, logs.size(1)), dim: 1);
        float[] own = Floats(logs.gather(1, tensor([.. asking.Select(row => tokens[row])], [asking.Length, 1], device: logs.device)));
        float[] top = Floats(values);
        long[] ids = SearchContext.Host(indices);
        int width = (int)values.size(1);
        for (int i = 0; i < asking.Length; i++)
        {
            int row = asking[i], from = i * width;
            likely[row] = new TokenLogProbability((int)tokens[row], own[i],
                [.. Enumerable.Range(from, Math.Min(width, rows[row].TopLogProbabilities!.Value)).Select(at => ((int)ids[at], (double)top[at]))]);
        }

        return likely;
    }

    private static Tensor Of(Tensor logits, int[] rows) =>
        rows.Length == logits.size(0) ? logits : logits.index_select(0, tensor([.. rows.Select(row => (long)row)], device: logits.device));

    private static float[] Floats(Tensor values) => values.cpu().contiguous().data<float>().ToArray();
}
