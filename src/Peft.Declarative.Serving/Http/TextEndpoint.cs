using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Peft.Declarative.Generation;
using Peft.Declarative.Serving.Personas;
using Peft.Declarative.Serving.Protocol;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Http;

/// <summary>Answers <c>/v1/chat/completions</c> and <c>/v1/completions</c>.</summary>
internal sealed class TextEndpoint(
    PersonaStore store, ITextSource texts, ServerMetrics metrics, IOptions<PeftServerOptions> options, IHostApplicationLifetime lifetime)
{
    private const string Stopping = "The server is shutting down. Send the request to another one.";

    private readonly PeftServerOptions _limits = options.Value;

    internal Task ChatAsync(HttpContext http) => AnswerAsync(http, isChat: true);

    internal Task CompletionAsync(HttpContext http) => AnswerAsync(http, isChat: false);

    private async Task AnswerAsync(HttpContext http, bool isChat)
    {
        long arrived = TimeProvider.System.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopped);
        deadline.CancelAfter(_limits.RequestTimeout);
        try
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                throw new ProtocolException(503, null, Stopping);
            }

            RequestBody body = RequestBody.Parse(await BodyBytes.ReadAsync(http, _limits.MaxBodyBytes, deadline.Token).ConfigureAwait(false));
            TextRequest request = isChat ? TextRequest.Chat(body, _limits) : TextRequest.Completion(body, _limits);
            RequireModel(request.Model);
            var prompt = new PersonaPrompt(text => Encode(request, text));
            _ = prompt.After(store.SoundTextOf(request.Model));   // what is wrong with a request is told before it waits
            GenerationOptions settings = Settings(request);
            RequireLikelihoods(request, settings);
            var job = new TextJob(request.Model, prompt, settings, request.TopLogProbabilities, request.Stream) { Choices = [.. Enumerable.Range(0, request.Choices)] };
            await using ITextTurn turn = await EnterAsync(job, deadline.Token).ConfigureAwait(false) ?? throw Full();
            var answers = new Answers(isChat, request.Model);
            await (request.Stream ? StreamAsync(http, request, turn, prompt, answers, deadline.Token)
                : WholeAsync(http, request, turn, prompt, answers, deadline.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            await ErrorResponse.WriteAsync(http, new ProtocolException(503, null, lifetime.ApplicationStopped.IsCancellationRequested
                ? Stopping
                : FormattableString.Invariant($"The request took longer than {_limits.RequestTimeout.TotalSeconds:0} s. Ask for fewer tokens, or try again when fewer requests wait."))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the client has gone
        }
        finally
        {
            metrics.Answered(TimeProvider.System.GetElapsedTime(arrived), http.Response.StatusCode);
        }
    }

    private async Task StreamAsync(
        HttpContext http, TextRequest request, ITextTurn turn, PersonaPrompt prompt, Answers answers, CancellationToken cancellation)
    {
        var events = new EventStream(http, _limits.WriteTimeout, cancellation);
        var ends = new TextEnd[request.Choices];
        Likelihoods[] likely = Likely(request, prompt.After(turn.Text));
        bool opened = false;
        await foreach ((int choice, TextPiece? piece) in turn.GenerateAsync((done, end) => ends[done] = end, cancellation).ConfigureAwait(false))
        {
            if (!opened)
            {
                await OpenAsync(events, request, answers).ConfigureAwait(false);
                opened = true;
            }

            await events.WriteAsync(piece is null ? answers.End(choice, ends[choice]) : answers.Piece(choice, piece.Text, likely[choice].Of(piece.Likely))).ConfigureAwait(false);
        }

        await events.WriteAsync(request.StreamUsage ? answers.StreamUsage(prompt.After(turn.Text).Count, ends) : null).ConfigureAwait(false);
        await events.CompleteAsync().ConfigureAwait(false);
    }

    // Not before there is something to say: what is wrong with the prompt is known only then, and a status can no longer be changed once it is sent.
    private static async Task OpenAsync(EventStream events, TextRequest request, Answers answers)
    {
        for (int choice = 0; choice < request.Choices; choice++)
        {
            await events.WriteAsync(answers.Opening(choice)).ConfigureAwait(false);
            if (request.Echo)
            {
                await events.WriteAsync(answers.Piece(choice, request.Prompt!)).ConfigureAwait(false);
            }
        }
    }

    private async Task WholeAsync(
        HttpContext http, TextRequest request, ITextTurn turn, PersonaPrompt prompt, Answers answers, CancellationToken cancellation)
    {
        var ends = new TextEnd[request.Choices];
        StringBuilder[] texts = [.. ends.Select(_ => new StringBuilder(request.Echo ? request.Prompt : ""))];
        List<TokenLogProbability>[] tokens = [.. ends.Select(_ => new List<TokenLogProbability>())];
        await foreach ((int choice, TextPiece? piece) in turn.GenerateAsync((done, end) => ends[done] = end, cancellation).ConfigureAwait(false))
        {
            texts[choice].Append(piece?.Text);
            tokens[choice].AddRange(piece?.Likely ?? []);
        }

        IReadOnlyList<int> read = prompt.After(turn.Text);
        Choice[] choices = [.. Likely(request, read).Select((likely, choice) => new Choice(texts[choice].ToString(), ends[choice], likely.Of(tokens[choice])))];
        await JsonResponse.WriteAsync(http, 200, answers.Of(choices, read.Count), cancellation).ConfigureAwait(false);
    }

    private Likelihoods[] Likely(TextRequest request, IReadOnlyList<int> prompt) =>
        [.. Enumerable.Range(0, request.Choices).Select(_ => new Likelihoods(request.Messages is not null, store.Tokenizer, prompt[^1]))];

    private void RequireModel(string name)
    {
        if (!texts.Has(name))
        {
            throw new ProtocolException(404, "model_not_found", $"There is no model '{UntrustedText.Shown(name)}'. {PersonaName.Meant(name, [.. texts.Personas, store.BaseName])}GET /v1/models lists those that there are.") { Parameter = "model" };
        }
    }

    // A search of its own, which files of the model may ask for, tells of no token how likely it was.
    private void RequireLikelihoods(TextRequest request, GenerationOptions settings)
    {
        if (request.TopLogProbabilities is not null && ContinuousBatch.Obstacle(settings) is { } search)
        {
            throw new ProtocolException(400, null, $"'logprobs' is not supported by '{store.BaseName}', whose generation_config.json asks for {search}. Leave it out.") { Parameter = "logprobs" };
        }
    }

    // What is wrong with the files is in /health, for those who can repair them.
    private async Task<ITextTurn?> EnterAsync(TextJob job, CancellationToken cancellation)
    {
        try
        {
            return await texts.EnterAsync(job, cancellation).ConfigureAwait(false);
        }
        catch (PeftException refused) when (refused.Id == RuleIds.PromptUnusable)   // a sound adapter that no request can use
        {
            throw new ProtocolException(400, "model_not_supported", refused.Message) { Parameter = "model" };
        }
        catch (PeftException)
        {
            throw NotAvailable(job.Model);
        }
    }

    private static ProtocolException NotAvailable(string name) =>
        new(503, "model_not_available", $"The model '{name}' cannot be loaded at present. GET /health says why.") { Parameter = "model" };

    private IReadOnlyList<int> Encode(TextRequest request, string? text)
    {
        try
        {
            IReadOnlyList<int> ids = request.Messages is not { } messages ? store.Generator.EncodePrompt(text is null ? request.Prompt! : TextPersonas.Joined(text, request.Prompt!))
                : (store.Chat ?? throw new ProtocolException(400, null, $"'{store.BaseName}' has no chat template. Use /v1/completions."))
                    .EncodePrompt(text is null ? messages : TextPersonas.Before(messages, text), new ChatTemplateOptions { Tools = request.Tools, Variables = request.TemplateVariables });
            return ids.Count > 0 ? ids : throw new ProtocolException(400, null, "The prompt has no tokens. Send some text.");
        }
        catch (PeftException error)
        {
            throw ProtocolException.Of(error);
        }
    }

    // A conversation also ends with the token that ends a turn in the template.
    private GenerationOptions Settings(TextRequest request)
    {
        GenerationOptions settings = request.Settings(store.Generator.Defaults);
        return request.Messages is not null && settings.EosTokenIds is null && store.Chat?.TurnEnd is { } turn
            ? settings with { EosTokenIds = [.. store.Generator.Ends.StopIds.Union([turn])] }
            : settings;
    }

    private ProtocolException Full() => new(429, "queue_full",
        FormattableString.Invariant($"{texts.Waiting} requests wait already. Try again later; Retry-After says when."));
}
