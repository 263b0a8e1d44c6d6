using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Beam search: extends several hypotheses per prompt and returns the best finished ones. Groups of beams can be diverse.</summary>
internal sealed class BeamSearch
{
    private const float Hopeless = -1e9f;

    private readonly SearchContext _context;
    private readonly DecodingSession _session;
    private readonly int _prompts;
    private readonly int _beams;
    private readonly int _groups;
    private readonly int _groupSize;
    private readonly BeamHypotheses[] _hypotheses;
    private readonly float[] _sums;

    internal BeamSearch(SearchContext context)
    {
        _context = context;
        _session = context.Session;
        _beams = context.Options.NumBeams;
        _groups = context.Options.NumBeamGroups;
        _groupSize = _beams / _groups;
        using Tensor ids = _session.Ids;
        _prompts = (int)ids.size(0);
        _hypotheses = [.. Enumerable.Range(0, _prompts * _groups).Select(_ => new BeamHypotheses(
            _groupSize, context.Options.LengthPenalty, context.Options.EarlyStopping, context.Limit - context.PromptLength))];

        // At first, all beams of a group are the same text. Only one of them counts, or they would stay the same.
        _sums = [.. Enumerable.Range(0, _prompts * _beams).Select(row => row % _groupSize == 0 ? 0 : Hopeless)];
    }

    internal GenerationResult Run()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? first = _session.Forward().Logits.repeat_interleave(_beams, 0);   // the prompt is computed once for all beams
        _session.Reorder([.. Enumerable.Range(0, _prompts * _beams).Select(row => (long)(row / _beams))]);
        while (_session.Length < _context.Limit && !_hypotheses.All(texts => texts.IsDone))
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope step = NewDisposeScope();
            Step(first ?? _session.Forward().Logits);
            first = null;
        }

        AddRunning();
        return BeamResult.Collect(_context, _hypotheses, _groups);
    }

    private void Step(Tensor logits)
    {
        long[] tokens = new long[_prompts * _beams];
        long[] sources = new long[_prompts * _beams];
        for (int group = 0; group < _groups; group++)
        {
            Tensor chosen = tensor(tokens, device: logits.device).view(_prompts, _beams).narrow(1, 0, group * _groupSize);
            _context.Pipeline.Diversity?.BeginGroup(chosen);
            Tensor scores = Scores(logits, group);
            (float[] values, long[] indices, int count) = Candidates(scores);
            for (int prompt = 0; prompt < _prompts; prompt++)
            {
                Range candidates = (prompt * count)..((prompt + 1) * count);
                Advance(prompt, group, values.AsSpan(candidates), indices.AsSpan(candidates), scores.size(1), tokens, sources);
            }
        }

        _session.Reorder(sources);
        _session.Append(tokens);
    }

    /// <summary>Computes the sums of log-probabilities of every continuation of a group's beams, [prompts × group, vocabulary].</summary>
    private Tensor Scores(Tensor logits, int group)
    {
        long[] ofGroup = [.. Enumerable.Range(0, _prompts * _groupSize).Select(i => (long)Row(i / _groupSize, group, i % _groupSize))];
        Tensor rows = tensor(ofGroup, device: logits.device);
        Tensor scores = logits.index_select(0, rows).log_softmax(1);
        scores = _context.Pipeline.Process(_session.Ids.index_select(0, rows), scores);
        return scores.add(tensor(_sums, device: logits.device).index_select(0, rows).unsqueeze(1), Scalars.One);
    }

    /// <summary>Selects enough of the best continuations per prompt to leave a full group even if some of them end the text.</summary>
    private (float[] Values, long[] Indices, int Count) Candidates(Tensor scores)
    {
        int count = Math.Max(2, 1 + _context.EosTokenIds.Count) * _groupSize;
        Tensor flat = scores.view(_prompts, -1);
        count = (int)Math.Min(count, flat.size(1));
        Tensor indices;
        Tensor values;
        if (_context.Options.DoSample)
        {
            indices = flat.softmax(1).multinomial(count, replacement: false, _context.Random);
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
        BeamHypotheses texts = _hypotheses[prompt * _groups + group];
        int newLength = _session.Length + 1 - _context.PromptLength;
        int taken = 0;
        for (int rank = 0; rank < values.Length && taken < _groupSize && !texts.IsDone; rank++)
        {
            int source = Row(prompt, group, (int)(indices[rank] / vocabulary));
            long token = indices[rank] % vocabulary;
            if (!_context.EosTokenIds.Contains((int)token))
            {
                Put(Row(prompt, group, taken++), token, source, values[rank]);
            }
            else if (rank < _groupSize)
            {
                texts.Add(RowIds(source), values[rank], newLength);
            }
        }

        for (; taken < _groupSize; taken++)
        {
            Put(Row(prompt, group, taken), _context.PadTokenId, Row(prompt, group, taken), texts.IsDone ? 0 : Hopeless);
        }

        texts.Update(values[0], newLength);

        void Put(int row, long token, int source, float sum) => (tokens[row], sources[row], _sums[row]) = (token, source, sum);
    }

    /// <summary>Adds the beams that still run at the maximum length as they are.</summary>
    private void AddRunning()
    {
        for (int row = 0; row < _prompts * _beams; row++)
        {
            BeamHypotheses texts = _hypotheses[row / _groupSize];
            if (!texts.IsDone)
            {
                texts.Add(RowIds(row), _sums[row], _session.Length - _context.PromptLength);
            }
        }
    }

    private long[] RowIds(int row)
    {
        using DisposeScope scope = NewDisposeScope();
        return SearchContext.Host(_session.Ids[row]);
    }

    private int Row(int prompt, int group, int beam) => prompt * _beams + group * _groupSize + beam;
}
