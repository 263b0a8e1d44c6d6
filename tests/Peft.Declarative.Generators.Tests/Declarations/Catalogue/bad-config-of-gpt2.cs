// expect: PEFT003 at "configs/gpt2-tiny.json"
// config: gpt2-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 2)] [BaseConfig("configs/gpt2-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
