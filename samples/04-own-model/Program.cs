using System.Globalization;
using OwnModel;
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;

using Generator seed = random.manual_seed(1);
using Curve model = new();
using Tensor places = linspace(-3.0, 3.0, 200).unsqueeze(1);
using Tensor sine = places.sin();
using Tensor cosine = places.cos();

// The base learns a sine by TorchSharp alone.
Report("base on the sine  ", Fit(model.parameters(), sine, rate: 1e-2, steps: 1500));

// From here on its weights are frozen, and 'second' has a low-rank update beside it, which changes nothing yet.
model.AttachAdapters();
Report("base on the cosine", Loss(cosine));

// A loop and a loss of one's own: only what the adapter owns goes to the optimizer.
Report("adapter           ", Fit(model.Adapters.TrainableParameters.Select(parameter => parameter.Value), cosine, rate: 2e-2, steps: 1500));
model.SaveAdapter("artifacts/cosine");

using (model.Adapters.Disabled())
{
    Report("without it        ", Loss(sine));
}

model.Merge();
Report("merged            ", Loss(cosine));
return 0;

double Fit(IEnumerable<TorchSharp.Modules.Parameter> parameters, Tensor wanted, double rate, int steps)
{
    using optim.Optimizer optimizer = optim.Adam(parameters, rate);
    for (int step = 0; step < steps; step++)
    {
        using DisposeScope scope = NewDisposeScope();
        optimizer.zero_grad();
        nn.functional.mse_loss(model.call(places), wanted).backward();
        optimizer.step();
    }

    return Loss(wanted);
}

double Loss(Tensor wanted)
{
    using IDisposable quiet = no_grad();
    using DisposeScope scope = NewDisposeScope();
    return nn.functional.mse_loss(model.call(places), wanted).item<float>();
}

static void Report(string what, double loss) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}  loss {loss:F5}"));
