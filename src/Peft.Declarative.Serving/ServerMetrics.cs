using System.Diagnostics.Metrics;

namespace Peft.Declarative.Serving;

/// <summary>What the server measures, under the names of OpenTelemetry's conventions for generative models where it has one.</summary>
internal sealed class ServerMetrics
{
    /// <summary>The name of the meter.</summary>
    internal const string Name = "Peft.Declarative.Serving";

    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _firstToken;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _cached;
    private readonly Histogram<double> _duration;

    public ServerMetrics(IMeterFactory meters)
    {
        Meter meter = _meter = meters.Create(Name);
        _wait = meter.CreateHistogram<double>("peft.request.wait", "s", "The time that a request waits for a place in the batch.");
        _firstToken = meter.CreateHistogram<double>("gen_ai.server.time_to_first_token", "s", "The time from a request's place in the batch to its first token.");
        _refused = meter.CreateCounter<long>("peft.request.refused", "{request}", "Requests that were refused because too many waited.");
        _tokens = meter.CreateCounter<long>("peft.tokens", "{token}", "Tokens by persona and kind.");
        _cached = meter.CreateCounter<long>("peft.prompt.cached", "{token}", "Tokens of prompts whose keys and values were at hand, by persona.");
        _duration = meter.CreateHistogram<double>("gen_ai.server.request.duration", "s", "The time from the arrival of a request to its last token.");
    }

    /// <summary>Measures numbers whenever they are asked for.</summary>
    internal void Observe(Func<int> running, Func<int> waiting)
    {
        _meter.CreateObservableGauge("peft.batch.rows", running, "{row}", "The rows in the batch.");
        _meter.CreateObservableGauge("peft.request.waiting", waiting, "{request}", "The requests that wait for a place in the batch.");
    }

    internal void Began(TimeSpan time) => _firstToken.Record(time.TotalSeconds);

    internal void Waited(TimeSpan time, bool admitted)
    {
        if (admitted)
        {
            _wait.Record(time.TotalSeconds);
        }
        else
        {
            _refused.Add(1);
        }
    }

    internal void Generated(string persona, int prompt, int cached, int generated)
    {
        _cached.Add(cached, new KeyValuePair<string, object?>("gen_ai.request.model", persona));
        _tokens.Add(prompt, new KeyValuePair<string, object?>("gen_ai.request.model", persona), new KeyValuePair<string, object?>("gen_ai.token.type", "input"));
        _tokens.Add(generated, new KeyValuePair<string, object?>("gen_ai.request.model", persona), new KeyValuePair<string, object?>("gen_ai.token.type", "output"));
    }

    internal void Answered(TimeSpan time, int status) => _duration.Record(time.TotalSeconds, new KeyValuePair<string, object?>("http.response.status_code", status));
}
