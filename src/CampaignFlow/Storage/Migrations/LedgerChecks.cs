namespace CampaignFlow.Storage.Migrations;

/// <summary>
/// What the database itself holds about the ledger, against any writer: the legs of a transfer add up to zero in each currency when they
/// are committed; a channel stays within floor and ceiling and the reserve above zero with every leg; contract money is only given back;
/// the approved total changes by a shift of its own; legs are never changed or deleted. A migration that rebuilds one of the tables
/// named here (SQLite does for dropped and altered columns) runs <c>Drop</c> first and <c>Create</c> last.
/// </summary>
internal static class LedgerChecks
{
    public const string DropPostgres = """
        drop trigger if exists ledger_leg on ledger_entry;
        drop trigger if exists ledger_transfer on ledger_entry;
        drop trigger if exists ledger_kept on ledger_entry;
        drop trigger if exists ledger_not_emptied on ledger_entry;
        drop trigger if exists ledger_bounds on campaign_channel;
        drop trigger if exists ledger_channel_kept on campaign_channel;
        drop trigger if exists ledger_currency on campaign;
        drop function if exists ledger_leg(), ledger_transfer(), ledger_kept(), ledger_bounds(), ledger_channel_kept(), ledger_currency();
        """;

    public const string CreatePostgres = """
        create function ledger_leg() returns trigger language plpgsql as $$
        declare books text; balance bigint; least bigint; most bigint; may_shift boolean;
        begin
          -- Writers of one campaign wait for each other, so that a sum is the whole sum.
          select currency into books from campaign where id = new.campaign_id for no key update;
          if books is distinct from new.currency then
            raise exception 'ledger: the books of this campaign are kept in %, not in %', books, new.currency using errcode = 'check_violation';
          end if;
          select sum(amount_minor) into balance from ledger_entry where campaign_id = new.campaign_id and account = new.account;
          if new.account = '(plan)' then
            if new.transfer <> 'plan:1' and not exists (
              select 1 from budget_shift s where s.campaign_id = new.campaign_id and '(plan)' in (s."from", s."to")
                and new.transfer in ('shift:' || lower(s.id::text), 'rollback:' || lower(s.id::text))) then
              raise exception 'ledger: the approved total changes only by a shift of its own' using errcode = 'check_violation';
            end if;
          elsif new.account = '(reserve)' then
            if balance < 0 then
              raise exception 'ledger: the reserve holds no more' using errcode = 'check_violation';
            end if;
          else
            select floor_minor, ceiling_minor, shiftable into least, most, may_shift
              from campaign_channel where campaign_id = new.campaign_id and code = new.account;
            if not found then
              raise exception 'ledger: the campaign has no channel %', new.account using errcode = 'check_violation';
            elsif balance < least or balance > most then
              raise exception 'ledger: % would have %, its floor is %, its ceiling %', new.account, balance, least, most using errcode = 'check_violation';
            elsif new.amount_minor < 0 and not may_shift and new.transfer not like 'rollback:%' then
              raise exception 'ledger: % is contract money', new.account using errcode = 'check_violation';
            end if;
          end if;
          return null;
        end $$;
        create trigger ledger_leg after insert on ledger_entry for each row execute function ledger_leg();

        create function ledger_transfer() returns trigger language plpgsql as $$
        begin
          if exists (select 1 from ledger_entry where campaign_id = new.campaign_id and transfer = new.transfer
                     group by currency having sum(amount_minor) <> 0) then
            raise exception 'ledger: the legs of % do not add up to zero', new.transfer using errcode = 'check_violation';
          end if;
          return null;
        end $$;
        create constraint trigger ledger_transfer after insert on ledger_entry
          deferrable initially deferred for each row execute function ledger_transfer();

        create function ledger_kept() returns trigger language plpgsql as $$
        begin
          raise exception 'ledger: legs are never changed or deleted; post the reverse' using errcode = 'check_violation';
        end $$;
        create trigger ledger_kept before update or delete on ledger_entry for each row execute function ledger_kept();
        create trigger ledger_not_emptied before truncate on ledger_entry for each statement execute function ledger_kept();

        create function ledger_bounds() returns trigger language plpgsql as $$
        declare balance bigint;
        begin
          select sum(amount_minor) into balance from ledger_entry where campaign_id = new.campaign_id and account = new.code;
          if balance < new.floor_minor or balance > new.ceiling_minor then
            raise exception 'ledger: % has % a day, outside the new bounds', new.code, balance using errcode = 'check_violation';
          end if;
          return null;
        end $$;
        create trigger ledger_bounds after update of floor_minor, ceiling_minor on campaign_channel for each row execute function ledger_bounds();

        create function ledger_channel_kept() returns trigger language plpgsql as $$
        begin
          if exists (select 1 from ledger_entry where campaign_id = old.campaign_id and account = old.code) then
            raise exception 'ledger: % stands in the books and stays', old.code using errcode = 'check_violation';
          end if;
          return old;
        end $$;
        create trigger ledger_channel_kept before delete on campaign_channel for each row execute function ledger_channel_kept();

        create function ledger_currency() returns trigger language plpgsql as $$
        begin
          if new.currency <> old.currency and exists (select 1 from ledger_entry where campaign_id = new.id) then
            raise exception 'ledger: open books keep their currency' using errcode = 'check_violation';
          end if;
          return new;
        end $$;
        create trigger ledger_currency before update of currency on campaign for each row execute function ledger_currency();
        """;

    public const string DropSqlite = """
        drop trigger if exists ledger_guarded;
        drop trigger if exists ledger_leg;
        drop trigger if exists ledger_changed;
        drop trigger if exists ledger_deleted;
        drop trigger if exists ledger_sum_true;
        drop trigger if exists ledger_sum_new;
        drop trigger if exists ledger_sum_kept;
        drop trigger if exists ledger_bounds;
        drop trigger if exists ledger_channel_kept;
        drop trigger if exists ledger_currency;
        drop table if exists ledger_sum;
        drop table if exists ledger_zero;
        """;

    /// <summary>
    /// SQLite has no deferred triggers, but deferred foreign keys: each transfer's sum must be the one number in <c>ledger_zero</c> when
    /// the transaction commits. Foreign keys are off in a bare shell, so a leg is refused there.
    /// </summary>
    public const string CreateSqlite = """
        create table ledger_zero (zero integer not null primary key check (zero = 0));
        insert into ledger_zero values (0);
        create table ledger_sum (
          campaign_id text not null, transfer text not null, currency text not null,
          sum_minor integer not null references ledger_zero (zero) deferrable initially deferred,
          primary key (campaign_id, transfer, currency)) without rowid;
        insert into ledger_sum select campaign_id, transfer, currency, sum(amount_minor) from ledger_entry group by 1, 2, 3;

        create trigger ledger_sum_true before update on ledger_sum
          when new.sum_minor <> (select coalesce(sum(amount_minor), 0) from ledger_entry
            where campaign_id = new.campaign_id and transfer = new.transfer and currency = new.currency)
          begin select raise(abort, 'ledger: the sum of a transfer is what its legs say'); end;
        create trigger ledger_sum_new after insert on ledger_sum
          when new.sum_minor <> (select coalesce(sum(amount_minor), 0) from ledger_entry
            where campaign_id = new.campaign_id and transfer = new.transfer and currency = new.currency)
          begin select raise(abort, 'ledger: the sum of a transfer is what its legs say'); end;
        create trigger ledger_sum_kept before delete on ledger_sum
          begin select raise(abort, 'ledger: sums stay'); end;

        create trigger ledger_guarded before insert on ledger_entry
          when (select foreign_keys from pragma_foreign_keys) = 0
          begin select raise(abort, 'ledger: say "pragma foreign_keys = on" first; sums are checked by them'); end;
        create trigger ledger_leg after insert on ledger_entry begin
          select raise(abort, 'ledger: the books of a campaign are kept in its own currency')
            where new.currency is not (select currency from campaign where id = new.campaign_id);
          select raise(abort, 'ledger: the approved total changes only by a shift of its own')
            where new.account = '(plan)' and new.transfer <> 'plan:1' and not exists (
              select 1 from budget_shift s where s.campaign_id = new.campaign_id and '(plan)' in (s."from", s."to")
                and new.transfer in ('shift:' || lower(s.id), 'rollback:' || lower(s.id)));
          select raise(abort, 'ledger: the reserve holds no more')
            where new.account = '(reserve)'
              and (select sum(amount_minor) from ledger_entry where campaign_id = new.campaign_id and account = new.account) < 0;
          select raise(abort, 'ledger: the campaign has no such channel')
            where new.account not in ('(plan)', '(reserve)')
              and not exists (select 1 from campaign_channel where campaign_id = new.campaign_id and code = new.account);
          select raise(abort, 'ledger: the channel would leave its floor and ceiling')
            from campaign_channel c where c.campaign_id = new.campaign_id and c.code = new.account
              and (select sum(amount_minor) from ledger_entry where campaign_id = new.campaign_id and account = new.account)
                not between c.floor_minor and c.ceiling_minor;
          select raise(abort, 'ledger: this channel is contract money')
            from campaign_channel c where c.campaign_id = new.campaign_id and c.code = new.account
              and new.amount_minor < 0 and not c.shiftable and new.transfer not like 'rollback:%';
          insert into ledger_sum values (new.campaign_id, new.transfer, new.currency, new.amount_minor)
            on conflict (campaign_id, transfer, currency) do update set sum_minor = sum_minor + excluded.sum_minor;
        end;
        create trigger ledger_changed before update on ledger_entry
          begin select raise(abort, 'ledger: legs are never changed or deleted; post the reverse'); end;
        create trigger ledger_deleted before delete on ledger_entry
          begin select raise(abort, 'ledger: legs are never changed or deleted; post the reverse'); end;

        create trigger ledger_bounds after update of floor_minor, ceiling_minor on campaign_channel
          when (select sum(amount_minor) from ledger_entry where campaign_id = new.campaign_id and account = new.code)
            not between new.floor_minor and new.ceiling_minor
          begin select raise(abort, 'ledger: the channel''s budget lies outside the new bounds'); end;
        create trigger ledger_channel_kept before delete on campaign_channel
          when exists (select 1 from ledger_entry where campaign_id = old.campaign_id and account = old.code)
          begin select raise(abort, 'ledger: the channel stands in the books and stays'); end;
        create trigger ledger_currency before update of currency on campaign
          when new.currency <> old.currency and exists (select 1 from ledger_entry where campaign_id = new.id)
          begin select raise(abort, 'ledger: open books keep their currency'); end;
        """;
}
