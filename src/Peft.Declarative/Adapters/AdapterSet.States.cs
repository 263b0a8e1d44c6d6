using Peft.Declarative.Adapters;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Which adapters are active, and which are merged. A merged adapter is always an active one: the base then includes it.
public sealed partial class AdapterSet
{
    private readonly List<Adapter> _merged = [];   // in the order in which they were merged
    private bool _dequantizes;
    private ModelUse? _use;

    /// <summary>Whether an adapter is merged into the base.</summary>
    internal bool HasMerged => _merged.Count > 0;

    /// <summary>Who uses the model now.</summary>
    internal ModelUse Use
    {
        get
        {
            if (_use is null)
            {
                _use = ModelUse.Of(Model);
                _use.Adapters = this;
            }

            return _use;
        }
    }

    /// <summary>Makes these adapters the active ones, in this order, and deactivates all others.</summary>
    /// <remarks>
    /// Activating an adapter and using the model are two calls, between which another thread can activate another adapter. If several threads use one
    /// model, use <see cref="BeginTurn(string?, CancellationToken)"/> instead.
    /// </remarks>
    /// <param name="names">The names of adapters of this model; none deactivates all.</param>
    /// <exception cref="PeftException">
    /// PEFT703: the model has no adapter of a name. PEFT305: two of them train the same parameters of the base. PEFT306: a merged adapter would no
    /// longer be active. PEFT707: the model is in use.
    /// </exception>
    public void Activate(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        using ModelUse.Use change = Use.Change("activate an adapter");
        RequireKnown(names);
        foreach (Adapter merged in _merged)
        {
            if (!IsAmong(merged, names))
            {
                throw StillMerged(merged, names);
            }
        }

        Switch(names);
    }

    /// <summary>Deactivates all adapters until the result is disposed. In between, the model is its base, also if adapters are merged.</summary>
    /// <example>
    /// <code>
    /// using (model.Adapters.Disabled())
    /// {
    ///     using Tensor logits = model.forward(ids);   // those of the base
    /// }
    /// </code>
    /// </example>
    public IDisposable Disabled()
    {
        using ModelUse.Use change = Use.Change("disable its adapters");
        AdapterStates before = new(this, _composition, _merged, _dequantizes);
        Unmerge();
        Switch([]);
        return before;
    }

    /// <summary>Reserves the model for the calling flow and activates an adapter. Calls of other threads wait until the result is disposed.</summary>
    /// <param name="adapter">The name of the adapter; <see langword="null"/> (the default) keeps the active ones.</param>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The turn. Disposing it restores the adapters that were active before.</returns>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of that name. PEFT707: the model is being trained.</exception>
    /// <example>
    /// <code>
    /// using ModelTurn turn = model.BeginTurn("captain");
    /// string answer = generator.Complete("Who goes there?");   // by the captain, whatever other threads ask for
    /// </code>
    /// </example>
    public ModelTurn BeginTurn(string? adapter = null, CancellationToken cancellation = default)
    {
        ModelUse.Reservation reservation = Use.Reserve(trains: false, cancellation);
        try
        {
            return new ModelTurn(this, reservation, adapter is null ? null : Only(adapter));
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>Reserves the model for the calling flow as <see cref="BeginTurn"/> does, but waits for other turns without blocking a thread.</summary>
    /// <remarks>
    /// The turn belongs to the method that calls this one, and to what it calls and awaits. A method of your own that only wraps this call would take the turn
    /// for itself.
    /// </remarks>
    /// <inheritdoc cref="BeginTurn"/>
    /// <example>
    /// <code>
    /// app.MapPost("/captain", async (string question, CancellationToken cancellation) =>
    /// {
    ///     using ModelTurn turn = await model.BeginTurnAsync("captain", cancellation);
    ///     return generator.Complete(question);
    /// });
    /// </code>
    /// </example>
    public Task<ModelTurn> BeginTurnAsync(string? adapter = null, CancellationToken cancellation = default)
    {
        // What an async method sets for its flow ends with it, so this one is none.
        (ModelUse.Reservation reservation, Task granted) = Use.Request(cancellation);
        return Begin(reservation, granted, adapter);
    }

    private async Task<ModelTurn> Begin(ModelUse.Reservation reservation, Task granted, string? adapter)
    {
        try
        {
            await granted.ConfigureAwait(false);
            return new ModelTurn(this, reservation, adapter is null ? null : Only(adapter));
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>Merges the active adapters into the base weights.</summary>
    /// <exception cref="PeftException">
    /// PEFT306: an active adapter cannot be merged, or adapts layers in 4 bits; nothing has changed. PEFT707: the model is in use.
    /// </exception>
    public void Merge() => Merge(dequantize: false);

    /// <summary>Merges the active adapters into the base weights.</summary>
    /// <param name="dequantize">Whether layers in 4 bits get dense weights until <see cref="Unmerge"/>. If not, such layers are an error.</param>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged; nothing has changed. PEFT707: the model is in use.</exception>
    public void Merge(bool dequantize)
    {
        using ModelUse.Use change = Use.ChangeWeights("merge adapters");
        Adapter[] active = [.. Active];
        AdapterMerge.Merge(active, dequantize);
        _merged.AddRange(active.Except(_merged).ToList());
        _dequantizes |= dequantize;
    }

    /// <summary>Reverses <see cref="Merge()"/>. The base weights are restored bit for bit.</summary>
    /// <exception cref="PeftException">PEFT707: the model is in use.</exception>
    public void Unmerge()
    {
        using ModelUse.Use change = Use.ChangeWeights("unmerge adapters");
        AdapterMerge.Unmerge(_adapters);
        _merged.Clear();
        _dequantizes = false;
    }

    /// <summary>Takes merged adapters out for a moment, so that the base weights are the base's own until the result is disposed.</summary>
    internal IDisposable Unmerged()
    {
        AdapterStates before = new(this, _composition, _merged, _dequantizes);
        if (_merged.Count > 0)
        {
            Unmerge();
        }

        return before;
    }

    /// <summary>Throws if an adapter is merged, before an operation that reads the base weights.</summary>
    internal void RefuseWhileMerged(string what)
    {
        if (_adapters.Find(adapter => adapter.IsMerged) is { } merged)
        {
            throw new PeftException(RuleIds.CannotMerge,
                $"'{Model.GetType().Name}' cannot {what} while the adapter '{merged.Name}' is merged into its base. Call Unmerge first, and Merge again afterwards.");
        }
    }

    private PeftException StillMerged(Adapter merged, string[] names)
    {
        string wanted = names.Length == 0 ? "no adapter is to be active" : $"only {string.Join(" and ", names.Select(name => $"'{name}'"))} is to be active";
        return new PeftException(RuleIds.CannotMerge, $"'{merged.Name}' is merged into the base of '{Model.GetType().Name}', but {wanted}. Call Unmerge first. "
            + "To keep it in the base for good, save the model with SaveModel and load it from there.");
    }

    // Null if the adapter is already the only active one.
    private AdapterStates? Only(string name)
    {
        Adapter wanted = this[name];
        if (_active is [var only] && only == wanted)
        {
            return null;
        }

        using ModelUse.Use change = Use.Change("activate an adapter");
        AdapterStates before = new(this, _composition, _merged, _dequantizes);
        if (_merged.Count > 0)
        {
            Unmerge();
        }

        Switch([name]);
        return before;
    }
}
