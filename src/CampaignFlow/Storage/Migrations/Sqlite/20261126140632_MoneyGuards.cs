using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class MoneyGuards : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "currency",
                table: "ledger_entry",
                type: "TEXT",
                maxLength: 3,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "channel_connection",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    adapter = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    platform = table.Column<string>(type: "TEXT", nullable: true),
                    target = table.Column<string>(type: "TEXT", nullable: true),
                    tolerance = table.Column<double>(type: "REAL", nullable: false),
                    confirm_within_days = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_channel_connection", x => new { x.campaign_id, x.channel });
                });

            migrationBuilder.CreateTable(
                name: "channel_lock",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    until = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    why = table.Column<string>(type: "TEXT", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_channel_lock", x => new { x.campaign_id, x.channel });
                });

            migrationBuilder.CreateTable(
                name: "data_breaker",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    finding = table.Column<string>(type: "TEXT", nullable: false),
                    why_en = table.Column<string>(type: "TEXT", nullable: false),
                    why_zh = table.Column<string>(type: "TEXT", nullable: false),
                    opened_at = table.Column<long>(type: "INTEGER", nullable: false),
                    closed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    closed_by = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_breaker", x => x.campaign_id);
                });

            migrationBuilder.CreateTable(
                name: "guard_setting",
                columns: table => new
                {
                    scope = table.Column<string>(type: "TEXT", nullable: false),
                    guard = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    why = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_guard_setting", x => new { x.scope, x.guard });
                });

            migrationBuilder.CreateTable(
                name: "instruction",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    shift_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    before_minor = table.Column<long>(type: "INTEGER", nullable: false),
                    amount_minor = table.Column<long>(type: "INTEGER", nullable: false),
                    rest_minor = table.Column<long>(type: "INTEGER", nullable: false),
                    adapter = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    done_at = table.Column<long>(type: "INTEGER", nullable: true),
                    done_by = table.Column<string>(type: "TEXT", nullable: true),
                    settled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    found_en = table.Column<string>(type: "TEXT", nullable: true),
                    found_zh = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_instruction", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "money_stop",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    scope = table.Column<string>(type: "TEXT", nullable: false),
                    why = table.Column<string>(type: "TEXT", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    released_at = table.Column<long>(type: "INTEGER", nullable: true),
                    released_by = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_money_stop", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "reported_budget",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    amount_minor = table.Column<long>(type: "INTEGER", nullable: false),
                    known_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reported_budget", x => new { x.campaign_id, x.channel, x.day });
                });

            migrationBuilder.CreateTable(
                name: "sandbox_budget",
                columns: table => new
                {
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    channel = table.Column<string>(type: "TEXT", nullable: false),
                    amount_minor = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sandbox_budget", x => new { x.campaign_id, x.channel });
                });

            migrationBuilder.CreateTable(
                name: "shift_effect",
                columns: table => new
                {
                    shift_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    campaign_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    measured_at = table.Column<long>(type: "INTEGER", nullable: false),
                    first = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    last = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    gain_minor = table.Column<double>(type: "REAL", nullable: true),
                    error_minor = table.Column<double>(type: "REAL", nullable: true),
                    verdict = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    why_en = table.Column<string>(type: "TEXT", nullable: false),
                    why_zh = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shift_effect", x => x.shift_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_instruction_campaign_id_state",
                table: "instruction",
                columns: new[] { "campaign_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_instruction_key",
                table: "instruction",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_money_stop_scope",
                table: "money_stop",
                column: "scope",
                unique: true,
                filter: "released_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_shift_effect_campaign_id",
                table: "shift_effect",
                column: "campaign_id");

            migrationBuilder.Sql(
                "update ledger_entry set currency = (select c.currency from campaign c where c.id = ledger_entry.campaign_id)");
            migrationBuilder.Sql(LedgerChecks.CreateSqlite);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(LedgerChecks.DropSqlite);

            migrationBuilder.DropTable(
                name: "channel_connection");

            migrationBuilder.DropTable(
                name: "channel_lock");

            migrationBuilder.DropTable(
                name: "data_breaker");

            migrationBuilder.DropTable(
                name: "guard_setting");

            migrationBuilder.DropTable(
                name: "instruction");

            migrationBuilder.DropTable(
                name: "money_stop");

            migrationBuilder.DropTable(
                name: "reported_budget");

            migrationBuilder.DropTable(
                name: "sandbox_budget");

            migrationBuilder.DropTable(
                name: "shift_effect");

            migrationBuilder.DropColumn(
                name: "currency",
                table: "ledger_entry");
        }
    }
}
