using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Pursues several texts per prompt and returns the best finished ones; groups of them are kept apart if asked for.</summary>
internal sealed class BeamSearch
{
    private const float Hopeless = -1e9f;

    private readonly SearchContext context;
    private readonly DecodingSession session;
    private readonly int prompts;
    private readonly int beams;
    private readonly int groups;
    private readonly int groupSize;
    private readonly BeamHypotheses[] hypotheses;
    private readonly float[] sums;

    internal BeamSearch(SearchContext context)
    {
        this.context = context;
        session = context.Session;
        beams = context.Options.NumBeams;
        groups = context.Options.NumBeamGroups;
        groupSize = beams / groups;
        using Tensor ids = session.Ids;
        prompts = (int)ids.size(0);
        hypotheses = [.. Enumerable.Range(0, prompts * groups).Select(_ => new BeamHypotheses(
            groupSize, context.Options.LengthPenalty, context.Options.EarlyStopping, context.Limit - context.PromptLength))];

        // At first all beams of a group are the same text; only one of them may count, or they would stay the same.
        sums = [.. Enumerable.Range(0, prompts * beams).Select(row => row % groupSize == 0 ? 0 : Hopeless)];
    }

    internal GenerationResult Run()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? first = session.Forward().Logits.repeat_interleave(beams, 0);   // the prompt is computed once for all beams
        session.Reorder([.. Enumerable.Range(0, prompts * beams).Select(row => (long)(row / beams))]);
        while (session.Length < context.Limit && !hypotheses.All(texts => texts.IsDone))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope step = NewDisposeScope();
            Step(first ?? session.Forward().Logits);
            first = null;
        }

        AddRunning();
        return BeamResult.Collect(context, hypotheses, groups);
    }

    private void Step(Tensor logits)
    {
        long[] tokens = new long[prompts * beams];
        long[] sources = new long[prompts * beams];
        for (int group = 0; group < groups; group++)
        {
            Tensor chosen = tensor(tokens, device: logits.device).view(prompts, beams).narrow(1, 0, group * groupSize);
            context.Pipeline.Diversity?.BeginGroup(chosen);
            Tensor scores = Scores(logits, group);
            (float[] values, long[] indices, int count) = Candidates(scores);
            for (int prompt = 0; prompt < prompts; prompt++)
            {
                Range candidates = (prompt * count)..((prompt + 1) * count);
                Advance(prompt, group, values.AsSpan(candidates), indices.AsSpan(candidates), scores.size(1), tokens, sources);
            }
        }

        session.Reorder(sources);
        session.Append(tokens);
    }

    /// <summary>Sums of log-probabilities of every continuation of a group's beams, [prompts × group, vocabulary].</summary>
    private Tensor Scores(Tensor logits, int group)
    {
        long[] ofGroup = [.. Enumerable.Range(0, prompts * groupSize).Select(i => (long)Row(i / groupSize, group, i % groupSize))];
        Tensor rows = tensor(ofGroup, device: logits.device);
        Tensor scores = logits.index_select(0, rows).log_softmax(1);
        scores = context.Pipeline.Process(session.Ids.index_select(0, rows), scores);
        return scores + tensor(sums, device: logits.device).index_select(0, rows).unsqueeze(1);
    }

    /// <summary>Enough of the best continuations per prompt that an end of text in all of them would still leave a full group.</summary>
    private (float[] Values, long[] Indices, int Count) Candidates(Tensor scores)
    {
        int count = Math.Max(2, 1 + context.EosTokenIds.Count) * groupSize;
        Tensor flat = scores.view(prompts, -1);
        count = (int)Math.Min(count, flat.size(1));
        Tensor indices;
        Tensor values;
        if (context.Options.DoSample)
        {
            indices = flat.softmax(1).multinomial(count, replacement: false, context.Random);
            (values, Tensor order) = flat.gather(1, indices).sort(1, descending: true);
            indices = indices.gather(1, order);
        }
        else
        {
            (values, indices) = flat.topk(count, dim: 1);
        }

        return (values.cpu().contiguous().data<float>().ToArray(), SearchContext.Host(indices), count);
    }

    private void Advance(
        int prompt, int group, ReadOnlySpan<float> values, ReadOnlySpan<long> indices, long vocabulary, long[] tokens, long[] sources)
    {
        BeamHypotheses texts = hypotheses[prompt * groups + group];
        int newLength = session.Length + 1 - context.PromptLength;
        int taken = 0;
        for (int rank = 0; rank < values.Length && taken < groupSize && !texts.IsDone; rank++)
        {
            int source = Row(prompt, group, (int)(indices[rank] / vocabulary));
            long token = indices[rank] % vocabulary;
            if (!context.EosTokenIds.Contains((int)token))
            {
                Put(Row(prompt, group, taken++), token, source, values[rank]);
            }
            else if (rank < groupSize)
            {
                texts.Add(RowIds(source), values[rank], newLength);
            }
        }

        for (; taken < groupSize; taken++)
        {
            Put(Row(prompt, group, taken), context.PadTokenId, Row(prompt, group, taken), texts.IsDone ? 0 : Hopeless);
        }

        texts.Update(values[0], newLength);

        void Put(int row, long token, int source, float sum) => (tokens[row], sources[row], sums[row]) = (token, source, sum);
    }

    /// <summary>Beams that still run when the greatest length is reached count as they are.</summary>
    private void AddRunning()
    {
        for (int row = 0; row < prompts * beams; row++)
        {
            BeamHypotheses texts = hypotheses[row / groupSize];
            if (!texts.IsDone)
            {
                texts.Add(RowIds(row), sums[row], session.Length - context.PromptLength);
            }
        }
    }

    private long[] RowIds(int row)
    {
        using DisposeScope scope = NewDisposeScope();
        return SearchContext.Host(session.Ids[row]);
    }

    private int Row(int prompt, int group, int beam) => prompt * beams + group * groupSize + beam;
}
